/* SPDX-License-Identifier: MIT */
#include "case/pktcommand.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char ends_of_words[] = " \t\r\n'\"=;&|()<>`$";

enum { FILE_MAX = 65536 };

/* One who looks at the files that commands name. */
struct looking {
    const char *path; /* of the script */
    void (*found)(void *context, const char *file);
    void *context;
};

static void look_at_word(const struct looking *looking, const char *word, size_t length)
{
    char file[PATH_MAX], whole[PATH_MAX];
    const char *slash = strrchr(looking->path, '/');
    int folder = slash != NULL ? (int)(slash - looking->path) + 1 : 0;
    int written = snprintf(file, sizeof file, "%.*s%.*s", *word == '/' ? 0 : folder, looking->path,
                           (int)length, word);
    if (memchr(word, '/', length) != NULL && written < (int)sizeof file &&
        realpath(file, whole) != NULL)
        looking->found(looking->context, whole);
}

static void look_at(const struct looking *looking, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, ends_of_words);
        if (length > 0)
            look_at_word(looking, text, length);
        text += length;
        text += strspn(text, ends_of_words);
    }
}

void pktcommand_each_file(const struct pkt_script *script, const char *path,
                          void (*found)(void *context, const char *file), void *context)
{
    const struct looking looking = {path, found, context};
    if (script->before.text != NULL)
        look_at(&looking, script->before.text);
    for (const struct pkt_event *one = script->events; one != NULL; one = one->next)
        if (one->kind == PKT_EVENT_COMMAND)
            look_at(&looking, one->text.text);
}

/* --- congestion control --------------------------------------------------------------------- */

struct seeking {
    struct arena *arena;
    const char *name;
};

static void seek(struct seeking *seeking, const char *text)
{
    static const char key[] = "tcp_congestion_control";
    for (const char *at = text; (at = strstr(at, key)) != NULL;) {
        at += sizeof key - 1;
        at += strspn(at, " \t");
        if (*at != '=')
            continue;
        at += 1 + strspn(at + 1, " \t'\"");
        size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789");
        if (length > 0)
            seeking->name = arena_copy(seeking->arena, at, length);
    }
}

static void seek_in_file(void *context, const char *file)
{
    struct seeking *seeking = context;
    char *text = arena_alloc(seeking->arena, FILE_MAX + 1);
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd >= 0 ? read(fd, text, FILE_MAX) : -1;
    if (fd >= 0)
        close(fd);
    if (got > 0)
        seek(seeking, text);
}

const char *pktcommand_congestion(const struct pkt_script *script, const char *path,
                                  struct arena *arena)
{
    struct seeking seeking = {arena, NULL};
    pktcommand_each_file(script, path, seek_in_file, &seeking);
    if (script->before.text != NULL)
        seek(&seeking, script->before.text);
    for (const struct pkt_event *one = script->events; one != NULL; one = one->next)
        if (one->kind == PKT_EVENT_COMMAND)
            seek(&seeking, one->text.text);
    return seeking.name;
}
