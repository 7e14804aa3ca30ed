/* SPDX-License-Identifier: MIT */
#include "program/silence.h"

#include "base/legible.h"

#include <stdio.h>
#include <string.h>

unsigned silence_count(const struct control *control, enum record_kind kind)
{
    uint64_t kept = control_kept(control);
    unsigned count = 0;
    for (uint64_t i = 0; i < kept; i++)
        count += atomic_load(&control->record[i].kind) == kind;
    return count;
}

/* --- what became of its calls --------------------------------------------------------------- */

/* How many calls of the program came to the points of a fault. */
static unsigned long long came(const struct control *control, size_t fault)
{
    unsigned long long sum = 0;
    for (unsigned i = 0; i < POINT_COUNT; i++)
        if ((plan_at_call(&control->plan, control->actor, (enum point)i) & 1U << fault) != 0)
            sum += atomic_load(&control->hits[i]);
    return sum;
}

static bool has_selector(const struct control *control, size_t fault)
{
    const struct selector *only = &control->select[fault];
    return only->by_peer || only->by_fd || only->process[0] != '\0' || only->thread[0] != '\0';
}

/* Which calls on sockets there were instead. */
static void name_others(const struct control *control, char out[SILENCE_TEXT])
{
    enum { MOST = 6 };
    size_t used = 0;
    int named = 0;
    for (unsigned i = 0; i < POINT_COUNT && named < MOST; i++)
        if (atomic_load(&control->hits[i]) > 0)
            used += (size_t)snprintf(out + used, SILENCE_TEXT - used, "%s%s",
                                     named++ == 0 ? "of its calls were seen " : ", ",
                                     point_info((enum point)i)->name);
    if (named == 0)
        snprintf(out, SILENCE_TEXT, "no call on a socket was seen");
}

bool silence_of(const struct control *control, size_t fault, char out[SILENCE_TEXT])
{
    unsigned long long calls = came(control, fault);
    bool asked = atomic_load(&control->plan.fault[fault].chances) > 0;
    if (asked)
        snprintf(out, SILENCE_TEXT, "its trigger never came");
    else if (calls > 0)
        snprintf(out, SILENCE_TEXT, "%llu call%s came there, and %s", calls, calls == 1 ? "" : "s",
                 has_selector(control, fault) ? "none that it is about, or that it fits"
                                              : "it fits at none of them");
    else
        name_others(control, out);
    return asked || calls > 0;
}

/* --- what slipped past ---------------------------------------------------------------------- */

static const struct {
    enum record_kind kind;
    const char *text;
} bypasses[] = {
    {RECORD_STREAM, "put stdio on a socket: what goes through the stream is not under faults"},
    {RECORD_STANDARD, "had a socket for its standard input, output or error: what goes through "
                      "stdio there is not under faults, read and write are"},
    {RECORD_NUMBER, "asks the kernel for input and output that it waits for later (io_submit): it "
                    "is not under faults"},
    {RECORD_RING, "uses io_uring: what it does there is not under faults"},
    {RECORD_APART, "loaded a library apart (dlmopen, RTLD_DEEPBIND): its calls go to the C library "
                   "and not through us"},
    {RECORD_TABLE, "has more descriptors than are followed: sockets beyond are not under faults"},
    {RECORD_CONFINED, "confined itself (seccomp): in strict mode nothing more is under faults, and "
                      "what its filter forbids may be a call of ours"}};

/* What the program executed and no library could be put in front of. */
static void tell_unseen(const struct control *control,
                        void (*tell)(void *context, const char *text), void *context)
{
    char text[SILENCE_TEXT];
    uint32_t used = atomic_load(&control->unseen_used);
    for (uint32_t i = 0; i < used && i < CONTROL_UNSEEN; i++) {
        const struct control_unseen *one = &control->unseen[i];
        uint32_t why = atomic_load(&one->why);
        if (why == UNSEEN_NOT || why >= UNSEEN_COUNT)
            continue;
        snprintf(text, sizeof text, "%.*s %s: its socket calls were not seen", UNSEEN_PATH - 1,
                 one->path, control_unseen_text((enum unseen_why)why));
        legible_make(text);
        tell(context, text);
    }
    if (used > CONTROL_UNSEEN) {
        snprintf(text, sizeof text, "and %u more such programs", used - CONTROL_UNSEEN);
        tell(context, text);
    }
}

void silence_slips(const struct control *control, void (*tell)(void *context, const char *text),
                   void *context)
{
    char text[SILENCE_TEXT];
    for (size_t i = 0; i < sizeof bypasses / sizeof *bypasses; i++) {
        unsigned count = silence_count(control, bypasses[i].kind);
        snprintf(text, sizeof text, "the program %s (%u times)", bypasses[i].text, count);
        if (count > 0)
            tell(context, text);
    }
    tell_unseen(control, tell, context);
}
