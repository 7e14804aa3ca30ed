/* SPDX-License-Identifier: MIT */
#include "preload/child.h"

#include "base/clock.h"
#include "preload/environment.h"
#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

enum { SEGMENTS_MAX = 64, NOTE_MAX = 1024, LINE_MAX_BYTES = 256, LOADER_MAX = 128 };

static struct control *shared;

void child_open(struct control *control)
{
    shared = control;
}

/* --- what the file is ---------------------------------------------------------------------- */

/* What ld.so takes for a reason to ignore LD_PRELOAD (secure-execution mode, ld.so(8)). */
static bool changes_identity(int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return false;
    bool user = (status.st_mode & S_ISUID) != 0 && status.st_uid != geteuid();
    bool group = (status.st_mode & S_ISGID) != 0 && status.st_gid != getegid();
    return user || group || (geteuid() != 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0);
}

/* Whether the notes of a segment have the name that Go gives to its own. */
static bool notes_are_of_go(int fd, const Elf64_Phdr *segment)
{
    _Alignas(Elf64_Nhdr) char bytes[NOTE_MAX];
    ssize_t got = pread(fd, bytes, sizeof bytes, (off_t)segment->p_offset);
    size_t size = got > 0 ? (size_t)got : 0, at = 0;
    bool found = false;
    size = size < segment->p_filesz ? size : segment->p_filesz;
    while (!found && at + sizeof(Elf64_Nhdr) + 4 <= size) {
        const Elf64_Nhdr *note = (const Elf64_Nhdr *)(bytes + at);
        size_t names = (note->n_namesz + 3U) & ~(size_t)3;
        found = note->n_namesz == 4 && memcmp(note + 1, "Go\0", 4) == 0;
        at += sizeof *note + names + ((note->n_descsz + 3U) & ~(size_t)3);
    }
    return found;
}

/* The loader of another C library cannot load what is made for this one. */
static bool is_foreign(int fd, const Elf64_Phdr *segment)
{
    char path[LOADER_MAX + 1] = "";
    size_t size = segment->p_filesz < LOADER_MAX ? segment->p_filesz : LOADER_MAX;
    ssize_t got = pread(fd, path, size, (off_t)segment->p_offset);
    path[got > 0 ? got : 0] = '\0';
    return strstr(path, "/ld-musl") != NULL || strstr(path, "uClibc") != NULL ||
           strstr(path, "/system/bin/linker") != NULL;
}

static enum unseen_why look_at_elf(int fd, const Elf64_Ehdr *head)
{
    bool loaded = false, go = false, foreign = false;
    if (head->e_ident[EI_CLASS] != ELFCLASS64)
        return UNSEEN_CLASS;
    for (unsigned i = 0; i < head->e_phnum && i < SEGMENTS_MAX; i++) {
        Elf64_Phdr segment;
        off_t at = (off_t)(head->e_phoff + i * sizeof segment);
        if (pread(fd, &segment, sizeof segment, at) != sizeof segment)
            break;
        loaded = loaded || segment.p_type == PT_INTERP;
        foreign = foreign || (segment.p_type == PT_INTERP && is_foreign(fd, &segment));
        go = go || (segment.p_type == PT_NOTE && notes_are_of_go(fd, &segment));
    }
    return go ? UNSEEN_GO : foreign ? UNSEEN_LIBRARY : loaded ? UNSEEN_NOT : UNSEEN_STATIC;
}

/* The loader itself has no loader, and takes our library all the same. */
static bool is_loader(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    return strncmp(name, "ld-", 3) == 0 || strncmp(name, "ld.so", 5) == 0;
}

static enum unseen_why look_at(int dirfd, const char *path, int depth);

/* "#! /bin/sh -e": the program that reads the script is what runs. */
static enum unseen_why look_at_script(const char *line, size_t size, int depth)
{
    char reader[LINE_MAX_BYTES];
    size_t at = 2, length = 0;
    while (at < size && (line[at] == ' ' || line[at] == '\t'))
        at++;
    while (at < size && strchr(" \t\n", line[at]) == NULL)
        reader[length++] = line[at++];
    reader[length] = '\0';
    return depth < 2 ? look_at(AT_FDCWD, reader, depth + 1) : UNSEEN_NOT;
}

static enum unseen_why look_at(int dirfd, const char *path, int depth)
{
    union {
        Elf64_Ehdr elf;
        char line[LINE_MAX_BYTES];
    } head;
    enum unseen_why why = UNSEEN_NOT;
    bool opened = path[0] != '\0';
    int fd = opened ? openat(dirfd, path, O_RDONLY | O_CLOEXEC) : dirfd;
    ssize_t size = fd >= 0 ? pread(fd, &head, sizeof head, 0) : -1;
    if (size > 0 && changes_identity(fd))
        why = UNSEEN_IDENTITY;
    else if (size >= (ssize_t)sizeof head.elf && memcmp(head.line, ELFMAG, SELFMAG) == 0)
        why = is_loader(path) ? UNSEEN_NOT : look_at_elf(fd, &head.elf);
    else if (size > 2 && memcmp(head.line, "#!", 2) == 0)
        why = look_at_script(head.line, (size_t)size, depth);
    if (opened && fd >= 0)
        REAL(close)(fd);
    return why;
}

/* --- what is written down ------------------------------------------------------------------ */

static bool is_known(const char *path, enum unseen_why why)
{
    uint32_t used = atomic_load(&shared->unseen_used);
    bool known = false;
    for (uint32_t i = 0; i < used && i < CONTROL_UNSEEN && !known; i++)
        known = atomic_load(&shared->unseen[i].why) == why &&
                strncmp(shared->unseen[i].path, path, UNSEEN_PATH - 1) == 0;
    return known;
}

static struct control_unseen *write_down(const char *path, enum unseen_why why)
{
    uint32_t index = atomic_fetch_add(&shared->unseen_used, 1);
    if (index >= CONTROL_UNSEEN)
        return NULL;
    struct control_unseen *out = &shared->unseen[index];
    out->at_ns = clock_told_ns(); /* a sandbox may kill who asks the kernel itself */
    memcpy(out->process, lineage_process(), LINEAGE);
    memcpy(out->path, path, strnlen(path, UNSEEN_PATH - 1));
    atomic_store(&out->why, why);
    return out;
}

/* The path of a descriptor, where none was given. */
static const char *path_of(int fd, char out[UNSEEN_PATH])
{
    char name[32] = "/proc/self/fd/";
    size_t end = strlen(name), digits = end;
    for (int left = fd; left > 0 || digits == end; left /= 10)
        digits++;
    for (int left = fd; digits > end; left /= 10)
        name[--digits] = (char)('0' + left % 10);
    ssize_t size = readlink(name, out, UNSEEN_PATH - 1);
    out[size > 0 ? size : 0] = '\0';
    return out;
}

struct control_unseen *child_look(int dirfd, const char *path, char *const *envp)
{
    int kept = errno;
    char room[UNSEEN_PATH];
    struct control_unseen *out = NULL;
    enum unseen_why why = path != NULL ? look_at(dirfd, path, 0) : UNSEEN_NOT;
    if (why == UNSEEN_NOT && path != NULL && !environment_reaches_us())
        why = UNSEEN_REACH;
    else if (why == UNSEEN_NOT && path != NULL && !environment_has_us(envp))
        why = UNSEEN_ENVIRONMENT;
    const char *name = path != NULL && path[0] == '\0' ? path_of(dirfd, room) : path;
    if (why != UNSEEN_NOT && !is_known(name, why))
        out = write_down(name, why);
    errno = kept;
    return out;
}

struct control_unseen *child_look_in_path(const char *name, char *const *envp)
{
    int kept = errno;
    char path[PATH_MAX];
    const char *folders = environment_value(environ, "PATH");
    struct control_unseen *out = NULL;
    bool found = name == NULL || strchr(name, '/') != NULL;
    if (found)
        return child_look(AT_FDCWD, name, envp);
    for (const char *at = folders != NULL ? folders : "/bin:/usr/bin"; *at != '\0' && !found;) {
        size_t length = strcspn(at, ":"), size = strlen(name);
        if (length + size + 2 <= sizeof path) {
            memcpy(path, at, length);
            path[length] = '/';
            memcpy(path + length + 1, name, size + 1);
            found = access(path, X_OK) == 0;
        }
        at += length + (at[length] == ':');
    }
    if (found)
        out = child_look(AT_FDCWD, path, envp);
    errno = kept;
    return out;
}

void child_executes(int dirfd, const char *path)
{
    int kept = errno;
    char room[UNSEEN_PATH];
    lineage_executes(path != NULL && path[0] == '\0' ? path_of(dirfd, room) : path);
    errno = kept;
}

void child_failed(struct control_unseen *unseen)
{
    if (unseen != NULL)
        atomic_store(&unseen->why, UNSEEN_NOT);
    lineage_executes(NULL);
}
