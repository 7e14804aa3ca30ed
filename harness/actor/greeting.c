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
    const uint64_t numbers[] = {(uint64_t)one, (uint64_t)other};
    return hash_numbers(hash, numbers, sizeof numbers / sizeof *numbers);
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
        hash = with_numbers(with_text(hash, one->name), one->group, 0);
    for (const struct option *one = option_table(); one->name != NULL; one++)
        hash = with_numbers(with_text(hash, one->name), one->type, 0);
    return hash;
}

/* How many there may be of each. */
static uint64_t with_bounds(uint64_t hash)
{
    hash = with_numbers(with_numbers(hash, SLOT_MAX, ACTOR_MAX), FAULT_MAX, FIRING_MAX);
    for (enum point point = 0; point < POINT_COUNT; point++)
        hash = with_text(hash, point_info(point)->name);
    return hash;
}

uint64_t greeting_table(void)
{
    return with_bounds(with_constants(with_verbs(0)));
}

uint64_t greeting_layout(void)
{
    static const size_t sizes[] = {sizeof(long),
                                   sizeof(struct msghdr),
                                   sizeof(struct cmsghdr),
                                   sizeof(struct linger),
                                   sizeof(struct timeval),
                                   sizeof(struct epoll_event),
                                   sizeof(struct sockaddr_storage)};
    static const uint32_t order = 1; /* as this machine writes it */
    uint64_t hash = hash_bytes(0, &order, sizeof order);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        hash = with_numbers(hash, (int64_t)i, (int64_t)sizes[i]);
    for (const struct constant *one = constant_table(); one->name != NULL; one++)
        hash = with_numbers(hash, one->group, one->value);
    for (const struct option *one = option_table(); one->name != NULL; one++)
        hash = with_numbers(hash, one->level, one->number);
    return hash;
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
             BEGINS "protocol=%d table=%016" PRIx64 " layout=%016" PRIx64
                    " word=%zu sctp=%d machine=%.31s kernel=%.*s%s\n",
             RELAY_PROTOCOL, greeting_table(), greeting_layout(), 8 * sizeof(long),
             stack_linux.speaks(&stack_linux, IPPROTO_SCTP), system.machine,
             length < 79 ? length : 79, release, getenv("SOCKPROOF_ALONE") != NULL ? ALONE : "");
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

/* Its members; false when not all of them are there. */
static bool read_members(const char *line, struct greeting *greeting)
{
    char protocol[10] = "", table[17] = "", layout[17] = "", word[4] = "", sctp[2] = "";
    int end = 0;
    int read =
        sscanf(line,
               BEGINS "protocol=%9[0-9] table=%16[0-9a-f] layout=%16[0-9a-f] word=%3[0-9] "
                      "sctp=%1[01] machine=%31s kernel=%79s%n",
               protocol, table, layout, word, sctp, greeting->machine, greeting->kernel, &end);
    greeting->protocol = (unsigned)strtoul(protocol, NULL, 10);
    greeting->table = strtoull(table, NULL, 16);
    greeting->layout = strtoull(layout, NULL, 16);
    greeting->word = (unsigned)strtoul(word, NULL, 10);
    greeting->sctp = sctp[0] == '1' && greeting->layout == greeting_layout();
    greeting->alone = end > 0 && strcmp(line + end, ALONE) == 0;
    return read == 7;
}

bool greeting_read(const char *line, struct greeting *greeting, char *why, size_t size)
{
    bool whole = read_members(line, greeting), good = false;
    if (greeting->protocol != RELAY_PROTOCOL)
        snprintf(why, size,
                 "its relay speaks version %u of the protocol, and this build version %d: start "
                 "the relay of this build there",
                 greeting->protocol, RELAY_PROTOCOL);
    else if (!whole || greeting->table != greeting_table())
        snprintf(why, size,
                 "its relay knows other calls and constants than this build (%016" PRIx64
                 ", here %016" PRIx64 "%s%s): start a relay of the same source there",
                 greeting->table, greeting_table(), whole ? "; it runs on " : "",
                 whole ? greeting->machine : "");
    else if (greeting->word > 8 * sizeof(long))
        snprintf(why, size,
                 "its relay has words of %u bits, and this build of %zu: what it tells has no room "
                 "here; build it for %zu bits",
                 greeting->word, 8 * sizeof(long), 8 * sizeof(long));
    else
        good = true;
    return good;
}
