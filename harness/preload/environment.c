/* SPDX-License-Identifier: MIT */
#include "preload/environment.h"

#include "preload/control.h"
#include "preload/guard.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { NUMBERS = 32, BY_DESCRIPTOR = 96 }; /* characters */

static const char preload_name[] = "LD_PRELOAD";
static char object[PATH_MAX]; /* the first in LD_PRELOAD */

void environment_open(const char *list)
{
    size_t length = list != NULL ? strcspn(list, " :") : 0;
    object[0] = '\0';
    if (length < sizeof object)
        memcpy(object, list != NULL ? list : "", length);
}

const char *environment_object(void)
{
    return object;
}

/* --- what is there ------------------------------------------------------------------------- */

static bool names(const char *word, const char *name)
{
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && word[length] == '=';
}

const char *environment_value(char *const *envp, const char *name)
{
    const char *found = NULL;
    for (; envp != NULL && *envp != NULL && found == NULL; envp++)
        if (names(*envp, name))
            found = *envp + strlen(name) + 1;
    return found;
}

static bool opens(const char *path)
{
    int fd = path[0] != '\0' ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0)
        REAL(close)(fd);
    return fd >= 0;
}

/* "/proc/self/fd/1017" */
static const char *by_descriptor(char out[BY_DESCRIPTOR])
{
    static const char folder[] = "/proc/self/fd/";
    struct handover only = {.control = guard_handover()->object, .object = -1, .path = ""};
    memcpy(out, folder, sizeof folder);
    if (only.control < 0 ||
        !handover_write(&only, out + strlen(folder), BY_DESCRIPTOR - sizeof folder))
        out[0] = '\0';
    out[strcspn(out, ":")] = '\0';
    return out;
}

/* By which name we can be opened here; NULL: by none. */
static const char *reachable(char room[BY_DESCRIPTOR])
{
    int kept = errno;
    const char *found = object;
    if (!opens(object))
        found = opens(by_descriptor(room)) ? room : NULL;
    errno = kept;
    return found;
}

bool environment_reaches_us(void)
{
    char room[BY_DESCRIPTOR];
    return reachable(room) != NULL;
}

/* Whether the first so many characters of list are the name. */
static bool is_name(const char *list, size_t length, const char *name)
{
    return length > 0 && length == strlen(name) && memcmp(list, name, length) == 0;
}

/* Whether name is one of those in the list of LD_PRELOAD. */
static bool stands_in(const char *list, const char *name)
{
    bool found = false;
    while (list != NULL && *list != '\0' && !found) {
        size_t one = strcspn(list, " :");
        found = is_name(list, one, name);
        list += one + (list[one] != '\0');
    }
    return found;
}

bool environment_has_us(char *const *envp)
{
    char room[BY_DESCRIPTOR];
    const char *list = environment_value(envp, preload_name);
    bool loaded = stands_in(list, object) || stands_in(list, by_descriptor(room));
    return loaded && environment_value(envp, CONTROL_VARIABLE) != NULL;
}

/* --- what is put there --------------------------------------------------------------------- */

size_t environment_words(char *const *envp)
{
    size_t count = 3;
    for (; envp != NULL && *envp != NULL; envp++)
        count++;
    return count;
}

/* The stacks of threads may be small: no more room than is needed. */
static size_t handed_size(void)
{
    return strlen(guard_handover()->path) + NUMBERS;
}

size_t environment_bytes(char *const *envp)
{
    const char *list = environment_value(envp, preload_name);
    size_t ours = strlen(object) > BY_DESCRIPTOR ? strlen(object) : BY_DESCRIPTOR;
    return sizeof CONTROL_VARIABLE + handed_size() + sizeof preload_name + ours +
           (list != NULL ? strlen(list) : 0) + 2;
}

static char *add(char *out, const char *text, size_t length)
{
    memcpy(out, text, length);
    return out + length;
}

/* Writes "NAME=" and where its end is. */
static char *begin(char *out, const char *name)
{
    return add(add(out, name, strlen(name)), "=", 1);
}

/* Writes "LD_PRELOAD=US:REST", where the rest has no name of ours; us NULL: the rest alone. False
   when nothing is in it. */
static bool write_preload(char *out, const char *us, const char *rest)
{
    char room[BY_DESCRIPTOR], *first = begin(out, preload_name);
    const char *other = by_descriptor(room);
    out = us != NULL ? add(first, us, strlen(us)) : first;
    while (rest != NULL && *rest != '\0') {
        size_t one = strcspn(rest, " :");
        if (one > 0 && !is_name(rest, one, object) && !is_name(rest, one, other)) {
            out = out > first ? add(out, ":", 1) : out;
            out = add(out, rest, one);
        }
        rest += one + (rest[one] != '\0');
    }
    *out = '\0';
    return out > first;
}

/* Whether nothing is to be changed. */
static bool is_so(char *const *envp, const char *us, const char *handed)
{
    const char *list = environment_value(envp, preload_name);
    const char *control = environment_value(envp, CONTROL_VARIABLE);
    return stands_in(list, us) && control != NULL && strcmp(control, handed) == 0;
}

char *const *environment_make(char *const *envp, char **words, char *texts)
{
    char room[BY_DESCRIPTOR];
    const char *us = reachable(room);
    char *handed = begin(texts, CONTROL_VARIABLE);
    size_t count = 0;
    if (!handover_write(guard_handover(), handed, handed_size()) ||
        (us != NULL ? is_so(envp, us, handed) : !environment_has_us(envp)))
        return envp;
    for (char *const *one = envp; one != NULL && *one != NULL; one++)
        if (!names(*one, preload_name) && !names(*one, CONTROL_VARIABLE))
            words[count++] = *one;
    char *preload = texts + strlen(texts) + 1;
    if (write_preload(preload, us, environment_value(envp, preload_name)))
        words[count++] = preload;
    if (us != NULL)
        words[count++] = texts;
    words[count] = NULL;
    return words;
}
