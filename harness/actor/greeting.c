/* SPDX-License-Identifier: MIT */
#include "actor/greeting.h"

#include "actor/shared.h"
#include "base/hash.h"
#include "case/constant.h"
#include "stack/linux.h"
#include "verb/verb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <sys/utsname.h>

#define BEGINS "sockproof-relay "
#define ALONE " alone"

static uint64_t with_text(uint64_t hash, const char *text)
{
    return hash_bytes(hash, text, strlen(text) + 1);
}

static uint64_t with_numbers(uint64_t hash, int64_t one, int64_t other)
{
    int64_t numbers[] = {one, other};
    return hash_bytes(hash, numbers, sizeof numbers);
}

static uint64_t with_verbs(uint64_t hash)
{
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        const struct verb *verb = verb_get(id);
        union verb_in in;
        hash = with_text(with_text(hash, verb->name), verb->family);
        for (size_t i = 0; i < verb->param_count; i++)
            hash = with_numbers(with_text(hash, verb->params[i].name), verb->params[i].type,
                                (const char *)verb_argument(&in, id, i) - (const char *)&in);
    }
    return hash;
}

static uint64_t with_constants(uint64_t hash)
{
    for (const struct constant *one = constant_table(); one->name != NULL; one++)
        hash = with_numbers(with_text(hash, one->name), one->group, one->value);
    for (const struct option *one = option_table(); one->name != NULL; one++)
        hash = with_numbers(with_text(hash, one->name), one->level, one->number);
    return hash;
}

/* The numbers are hashed as this machine writes them: its byte order is part of the table. */
static uint64_t with_layouts(uint64_t hash)
{
    static const size_t sizes[] = {sizeof(long),
                                   sizeof(struct shared),
                                   sizeof(struct call),
                                   sizeof(struct each_result),
                                   sizeof(struct msghdr),
                                   sizeof(struct cmsghdr),
                                   sizeof(struct linger),
                                   sizeof(struct timeval),
                                   sizeof(struct epoll_event),
                                   sizeof(struct sockaddr_storage)};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        hash = with_numbers(hash, (int64_t)i, (int64_t)sizes[i]);
    for (enum point point = 0; point < POINT_COUNT; point++)
        hash = with_text(hash, point_info(point)->name);
    return hash;
}

uint64_t greeting_table(void)
{
    return with_layouts(with_constants(with_verbs(0)));
}

/* A system that passes for another one has a release of its own (the first word of it). */
static const char *release_of(const struct utsname *system)
{
    const char *named = getenv("SOCKPROOF_VERSION");
    return named != NULL && strcspn(named, " \t\n") > 0 ? named : system->release;
}

void greeting_write(char line[GREETING_ROOM])
{
    struct utsname system = {.release = "unknown"};
    uname(&system);
    const char *release = release_of(&system);
    int length = (int)strcspn(release, " \t\n");
    snprintf(line, GREETING_ROOM,
             BEGINS "protocol=%d table=%016" PRIx64 " sctp=%d machine=%.31s kernel=%.*s%s\n",
             RELAY_PROTOCOL, greeting_table(), stack_linux.speaks(&stack_linux, IPPROTO_SCTP),
             system.machine, length < 79 ? length : 79, release,
             getenv("SOCKPROOF_ALONE") != NULL ? ALONE : "");
}

const char *greeting_find(const char *bytes, size_t count)
{
    const char *line = bytes;
    const char *end = bytes + count;
    size_t length = strlen(BEGINS);
    while (line != NULL && (size_t)(end - line) >= length && memcmp(line, BEGINS, length) != 0) {
        line = memchr(line, '\n', (size_t)(end - line));
        line = line != NULL ? line + 1 : NULL;
    }
    return line != NULL && (size_t)(end - line) >= length ? line : NULL;
}

void greeting_words(const char *bytes, size_t count, char words[GREETING_WORDS])
{
    size_t length = 0;
    for (; length < count && length < GREETING_WORDS - 1; length++) {
        words[length] = bytes[length] == '\n' ? ' ' : '?';
        if (bytes[length] >= ' ' && bytes[length] <= '~')
            words[length] = bytes[length];
    }
    while (length > 0 && words[length - 1] == ' ')
        length--;
    words[length] = '\0';
}

bool greeting_read(const char *line, struct greeting *greeting, char *why, size_t size)
{
    char protocol[10] = "", table[17] = "", sctp[2] = "";
    int end = 0;
    int read = sscanf(line,
                      BEGINS "protocol=%9[0-9] table=%16[0-9a-f] sctp=%1[01] machine=%31s "
                             "kernel=%79s%n",
                      protocol, table, sctp, greeting->machine, greeting->kernel, &end);
    greeting->protocol = (unsigned)strtoul(protocol, NULL, 10);
    greeting->table = strtoull(table, NULL, 16);
    greeting->sctp = sctp[0] == '1';
    greeting->alone = end > 0 && strcmp(line + end, ALONE) == 0;
    if (greeting->protocol != RELAY_PROTOCOL)
        snprintf(why, size,
                 "its relay speaks version %u of the protocol, and this build version %d: start "
                 "the relay of this build there",
                 greeting->protocol, RELAY_PROTOCOL);
    else if (read < 5 || greeting->table != greeting_table())
        snprintf(why, size,
                 "its relay numbers calls and constants otherwise than this build (%016" PRIx64
                 ", here %016" PRIx64 "%s%s): start the relay of this build there, on a machine of "
                 "the same byte order and word size",
                 greeting->table, greeting_table(), read == 5 ? "; it runs on " : "",
                 read == 5 ? greeting->machine : "");
    else
        return true;
    return false;
}
