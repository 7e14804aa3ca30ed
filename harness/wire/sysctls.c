/* SPDX-License-Identifier: MIT */
#include "wire/sysctls.h"

#include "wire/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOT "/proc/sys/"

/* Counts, a key that the kernel makes when it is first wanted, and what every case has for itself.
 */
static bool is_restless(const char *key)
{
    static const char *const keys[] = {"net.netfilter.nf_conntrack_count",
                                       "net.ipv4.tcp_fastopen_key", "net.ipv4.ip_local_port_range",
                                       NULL};
    bool found = false;
    for (size_t i = 0; keys[i] != NULL && !found; i++)
        found = strcmp(keys[i], key) == 0;
    return found;
}

/* "net.ipv4.ip_forward" of "/proc/sys/net/ipv4/ip_forward". A name with a dot stays as it is. */
static void name_key(const char *path, char *key, size_t size)
{
    snprintf(key, size, "%s", path + strlen(ROOT));
    for (char *at = key; *at != '\0'; at++)
        if (*at == '/')
            *at = '.';
}

static void take_one(FILE *out, const char *path)
{
    char key[PROFILE_PATH];
    char value[PROFILE_VALUE];
    name_key(path, key, sizeof key);
    if (is_restless(key))
        return;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && profile_read(fd, value, sizeof value) == 0)
        fprintf(out, "%s\t%s\n", key, value);
    if (fd >= 0)
        close(fd);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

char *sysctls_take(void)
{
    char root[] = ROOT "net";
    char *const roots[] = {root, NULL};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    FTS *walk = out != NULL ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name) : NULL;
    const FTSENT *entry = NULL;
    while (walk != NULL && (entry = fts_read(walk)) != NULL)
        if (entry->fts_info == FTS_F && (entry->fts_statp->st_mode & 0444) != 0)
            take_one(out, entry->fts_path);
    int error = errno;
    if (walk != NULL)
        fts_close(walk);
    if (out != NULL)
        fclose(out);
    if (walk == NULL) {
        free(text);
        text = NULL;
        errno = error;
    }
    return text;
}

/* Puts the two lines at which takings differ into words. A key that one of them does not have
   stands where the other has a later one. */
static void tell(const char *before, const char *now, char *text, size_t size)
{
    int was = (int)strcspn(before, "\t\n");
    int is = (int)strcspn(now, "\t\n");
    int old = (int)strcspn(before, "\n");
    int new = (int)strcspn(now, "\n");
    if (was == is && strncmp(before, now, (size_t)was) == 0 && was > 0)
        snprintf(text, size, "%.*s is %.*s where it was %.*s", is, now, new - is - 1, now + is + 1,
                 old - was - 1, before + was + 1);
    else if (old > 0 && (new == 0 || strncmp(before, now, (size_t)(was < is ? was : is)) < 0))
        snprintf(text, size, "%.*s is gone", was, before);
    else
        snprintf(text, size, "%.*s is new", is, now);
}

bool sysctls_differ(const char *before, const char *now, char *text, size_t size)
{
    size_t same = 0;
    size_t line = 0;
    for (; before[same] != '\0' && before[same] == now[same]; same++)
        if (before[same] == '\n')
            line = same + 1;
    bool differ = before[same] != now[same];
    if (differ)
        tell(before + line, now + line, text, size);
    return differ;
}
