/* SPDX-License-Identifier: MIT */
#include "engine/guestwork.h"

#include "engine/watch.h"

#include <stdio.h>
#include <stdlib.h>

void guestwork_begin(struct guestwork *guestwork, int watch)
{
    *guestwork = (struct guestwork){.guest = {.stream = -1, .console = -1}, .watch = watch};
}

void guestwork_end(struct guestwork *guestwork)
{
    const int pipes[] = {guestwork->guest.console, guestwork->guest.stream};
    for (int i = 0; i < 2; i++)
        if (pipes[i] >= 0)
            watch_remove(guestwork->watch, pipes[i]); /* workers have copies */
    guest_end(&guestwork->guest);
}

void guestwork_hear(struct guestwork *guestwork)
{
    guest_hear(&guestwork->guest);
}

/* What the guest did not judge is broken, and so is the guest. */
static void give_up(struct guestwork *guestwork, struct work *work, const char *what)
{
    char reason[CONSOLE_KEPT];
    guest_hear(&guestwork->guest);
    guest_trouble(&guestwork->guest, what, reason, sizeof reason);
    guestwork_end(guestwork);
    for (size_t i = 0; i < work->jobs.count; i++) {
        struct job *job = &work->jobs.all[i];
        if (job->candidate == guestwork->candidate && !job->done)
            work_break(work, job,
                       guestwork->guest.far != NULL ? CODE_FAR_FAILED : CODE_GUEST_FAILED, reason,
                       NULL);
    }
}

void guestwork_start(struct guestwork *guestwork, struct work *work)
{
    const struct config *config = work->run->config;
    struct guest *guest = &guestwork->guest;
    int at = 0;
    if (guest->pid > 0)
        return;
    while (at < config->stack_count && !(work_in_guest(work, at) && jobs_left(&work->jobs, at)))
        at++;
    if (at == config->stack_count)
        return;
    char *selection = jobs_selection(&work->jobs, at);
    guestwork->candidate = at;
    const struct candidate *candidate = &work->run->candidates[at];
    if (guest_start(guest, candidate->name, candidate->far, config, selection)) {
        watch_add(guestwork->watch, guest->console, SOURCE_CONSOLE, 0);
        watch_add(guestwork->watch, guest->stream, SOURCE_STREAM, 0);
    } else {
        give_up(guestwork, work, "could not be started");
    }
    free(selection);
}

static void take_frame(struct guestwork *guestwork, struct work *work, const struct frame *frame)
{
    const json_t *hello = json_object_get(frame->header, "hello");
    const json_t *result = json_object_get(frame->header, "result");
    struct candidate *candidate = &work->run->candidates[guestwork->candidate];
    const char *version = json_string_value(json_object_get(hello, "version"));
    struct job *job = jobs_find(&work->jobs, guestwork->candidate, result);
    if (version != NULL)
        snprintf(candidate->version, sizeof candidate->version, "%s", version);
    guestwork->guest.begun = guestwork->guest.begun || hello != NULL;
    if (job != NULL)
        work_take(work, job, frame);
}

void guestwork_take(struct guestwork *guestwork, struct work *work)
{
    struct guest *guest = &guestwork->guest;
    bool damaged = false;
    const struct frame *frame = NULL;
    if (guest->pid <= 0)
        return;
    bool open = guest_take(guest, work->run->config);
    while ((frame = stream_frame(&guest->reader, &damaged)) != NULL)
        take_frame(guestwork, work, frame);
    bool left = jobs_left(&work->jobs, guestwork->candidate);
    if (damaged)
        give_up(guestwork, work, "sent what is no result");
    else if (!open && left)
        give_up(guestwork, work,
                guest->begun         ? "ended before this was judged"
                : guest->far != NULL ? "did not begin"
                                     : "did not boot");
    else if (!left)
        guestwork_end(guestwork);
}

uint64_t guestwork_deadline_us(const struct guestwork *guestwork)
{
    return guestwork->guest.pid > 0 ? guestwork->guest.silent_until_us : UINT64_MAX;
}

void guestwork_put_off(struct guestwork *guestwork, uint64_t us)
{
    if (guestwork->guest.pid > 0)
        guestwork->guest.silent_until_us += us;
}

void guestwork_silent(struct guestwork *guestwork, struct work *work)
{
    give_up(guestwork, work,
            guestwork->guest.begun ? "fell silent before this was judged"
                                   : "did not begin in time");
}
