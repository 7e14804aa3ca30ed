/* SPDX-License-Identifier: MIT */
/* The wrappers of what executes another program: each looks at it, sees to it that we come along,
   and passes on. */
#include "preload/child.h"
#include "preload/entry.h"
#include "preload/environment.h"
#include "preload/intercept.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

/* given: the environment envp with us in it, on this function's stack. */
#define GIVEN(envp)                                                                                \
    char *words_of_given[environment_words(envp)], texts_of_given[environment_bytes(envp)];        \
    char *const *given = environment_make(envp, words_of_given, texts_of_given)

int wrap_execve(const char *path, char *const *argv, char *const *envp)
{
    if (!intercept_noting)
        return REAL(execve)(path, argv, envp);
    GIVEN(envp);
    struct control_unseen *unseen = child_look(AT_FDCWD, path, given);
    child_executes(AT_FDCWD, path);
    int result = REAL(execve)(path, argv, given);
    child_failed(unseen);
    return result;
}

int wrap_execv(const char *path, char *const *argv)
{
    return wrap_execve(path, argv, environ);
}

int wrap_execvpe(const char *name, char *const *argv, char *const *envp)
{
    if (!intercept_noting)
        return REAL(execvpe)(name, argv, envp);
    GIVEN(envp);
    struct control_unseen *unseen = child_look_in_path(name, given);
    child_executes(AT_FDCWD, name);
    int result = REAL(execvpe)(name, argv, given);
    child_failed(unseen);
    return result;
}

int wrap_execvp(const char *name, char *const *argv)
{
    return wrap_execvpe(name, argv, environ);
}

int wrap_fexecve(int fd, char *const *argv, char *const *envp)
{
    if (!intercept_noting)
        return REAL(fexecve)(fd, argv, envp);
    GIVEN(envp);
    struct control_unseen *unseen = child_look(fd, "", given);
    child_executes(fd, "");
    int result = REAL(fexecve)(fd, argv, given);
    child_failed(unseen);
    return result;
}

int wrap_execveat(int dirfd, const char *path, char *const *argv, char *const *envp, int flags)
{
    if (!intercept_noting)
        return REAL(execveat)(dirfd, path, argv, envp, flags);
    GIVEN(envp);
    struct control_unseen *unseen = child_look(dirfd, path, given);
    child_executes(dirfd, path);
    int result = REAL(execveat)(dirfd, path, argv, given, flags);
    child_failed(unseen);
    return result;
}

/* --- arguments one by one ------------------------------------------------------------------ */

static size_t count(const char *first, va_list words)
{
    size_t number = 0;
    for (const char *word = first; word != NULL; word = va_arg(words, char *))
        number++;
    return number;
}

/* The words and the NULL behind them. */
static void collect(char **argv, const char *first, va_list words)
{
    *argv = (char *)first;
    while (*argv != NULL)
        *++argv = va_arg(words, char *);
}

int wrap_execl(const char *path, const char *first, ...)
{
    va_list words;
    va_start(words, first);
    size_t number = count(first, words);
    va_end(words);
    char *argv[number + 1];
    va_start(words, first);
    collect(argv, first, words);
    va_end(words);
    return wrap_execve(path, argv, environ);
}

int wrap_execlp(const char *name, const char *first, ...)
{
    va_list words;
    va_start(words, first);
    size_t number = count(first, words);
    va_end(words);
    char *argv[number + 1];
    va_start(words, first);
    collect(argv, first, words);
    va_end(words);
    return wrap_execvpe(name, argv, environ);
}

int wrap_execle(const char *path, const char *first, ...)
{
    va_list words;
    va_start(words, first);
    size_t number = count(first, words);
    va_end(words);
    char *argv[number + 1];
    va_start(words, first);
    collect(argv, first, words);
    char *const *envp = va_arg(words, char *const *);
    va_end(words);
    return wrap_execve(path, argv, envp);
}

/* --- children ------------------------------------------------------------------------------ */

int wrap_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                     const posix_spawnattr_t *attributes, char *const *argv, char *const *envp)
{
    if (!intercept_noting)
        return REAL(posix_spawn)(pid, path, actions, attributes, argv, envp);
    GIVEN(envp);
    struct control_unseen *unseen = child_look(AT_FDCWD, path, given);
    int error = REAL(posix_spawn)(pid, path, actions, attributes, argv, given);
    if (error != 0)
        child_failed(unseen);
    return error;
}

int wrap_posix_spawnp(pid_t *pid, const char *name, const posix_spawn_file_actions_t *actions,
                      const posix_spawnattr_t *attributes, char *const *argv, char *const *envp)
{
    if (!intercept_noting)
        return REAL(posix_spawnp)(pid, name, actions, attributes, argv, envp);
    GIVEN(envp);
    struct control_unseen *unseen = child_look_in_path(name, given);
    int error = REAL(posix_spawnp)(pid, name, actions, attributes, argv, given);
    if (error != 0)
        child_failed(unseen);
    return error;
}

int wrap_system(const char *command)
{
    if (intercept_noting && command != NULL)
        child_look(AT_FDCWD, "/bin/sh", environ);
    int status = REAL(system)(command);
    if (intercept_noting && command != NULL && status != -1 && WIFSIGNALED(status))
        entry_death(0, WTERMSIG(status));
    return status;
}

FILE *wrap_popen(const char *command, const char *mode)
{
    if (intercept_noting)
        child_look(AT_FDCWD, "/bin/sh", environ);
    return REAL(popen)(command, mode);
}
