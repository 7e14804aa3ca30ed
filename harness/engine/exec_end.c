/* SPDX-License-Identifier: MIT */
#include "engine/exec_end.h"

#include "observe/symbol.h"
#include "program/silence.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static void say(void *unused, const char *text)
{
    (void)unused;
    fprintf(stderr, "sockproof: %s\n", text);
}

static bool is_left(const struct ending *ending, int pid)
{
    bool left = false;
    for (int i = 0; i < ending->left_count; i++)
        left = left || ending->left[i].pid == pid;
    return left;
}

static void say_crash(const struct control *control, const struct control_record *one, int number)
{
    char name[PROCESS_NAME], killer[SYMBOL_SIGNAL];
    control_dead_name(control, one, name);
    fprintf(stderr, "sockproof: below the program %s (%sprocess %.*s) was killed by %s\n",
            name[0] != '\0' ? name : "a process", name[0] != '\0' ? "" : "a child of ", LINEAGE - 1,
            one->process, symbol_signal(number, killer));
}

/* Whom a crash ended below the program. Of what was left behind it is said there. */
static void say_crashed(const struct control *control, const struct ending *ending)
{
    enum { CRASHES_MOST = 16 };
    int said = 0;
    for (uint64_t i = 0; i < control_kept(control) && said <= CRASHES_MOST; i++) {
        const struct control_record *one = &control->record[i];
        int number = control_crash(control, i);
        if (number == 0 || is_left(ending, one->pid))
            continue;
        if (said++ < CRASHES_MOST)
            say_crash(control, one, number);
        else
            fprintf(stderr, "sockproof: and more, which the log has ('died')\n");
    }
}

/* --- what fired, and why something did not ------------------------------------------------- */

static unsigned long long fired(const struct control *control, size_t fault)
{
    return atomic_load(&control->plan.fault[fault].fired);
}

static unsigned long long chances(const struct control *control, size_t fault)
{
    return atomic_load(&control->plan.fault[fault].chances);
}

unsigned exec_end_idle(const struct control *control, const struct faultplan *plan)
{
    unsigned idle = 0;
    for (size_t i = 0; i < plan->plan.count; i++)
        idle += fired(control, i) == 0;
    return idle;
}

static void say_why(const struct control *control, const struct faultplan *plan, size_t fault)
{
    bool wire = (plan->wire & 1U << fault) != 0;
    char why[SILENCE_TEXT];
    bool asked = silence_of(control, fault, why);
    if (wire && chances(control, fault) == 0)
        fprintf(stderr, "; it proves nothing: no such packet crossed the wire");
    else
        fprintf(stderr, "; it proves nothing%c %s", asked ? ':' : ';', why);
}

/* EAGAIN of a call that waits says something else than that there is nothing yet. */
static const char *meaning(const struct control *control, size_t fault)
{
    uint64_t used = atomic_load(&control->used);
    bool timed = false;
    for (uint64_t i = 0; i < used && i < CONTROL_RECORDS && !timed; i++)
        timed = control->record[i].timed != 0 && control->record[i].fault == fault;
    return timed ? " (the socket's time was over: SO_RCVTIMEO, SO_SNDTIMEO)" : "";
}

/* quiet: only those that did not fire. */
static void say_fired(const struct control *control, const struct faultplan *plan, bool quiet)
{
    for (size_t i = 0; i < plan->plan.count; i++) {
        if (quiet && fired(control, i) > 0)
            continue;
        fprintf(stderr, "sockproof: %s: fired %llu of %llu times%s", plan->text[i],
                fired(control, i), chances(control, i), meaning(control, i));
        if (fired(control, i) == 0)
            say_why(control, plan, i);
        fputc('\n', stderr);
    }
}

/* For a shell, within single quotes. */
static void say_quoted(const char *text)
{
    fputc('\'', stderr);
    for (; *text != '\0'; text++)
        fprintf(stderr, *text == '\'' ? "'\\''" : "%c", *text);
    fputc('\'', stderr);
}

/* Why the log cannot be replayed; NULL: it can. */
static const char *why_not_again(const struct control *control, const struct faultplan *plan)
{
    static char text[160];
    uint64_t used = atomic_load(&control->used);
    unsigned long long all = 0;
    for (size_t i = 0; i < plan->plan.count; i++)
        all += fired(control, i);
    if (used > CONTROL_RECORDS)
        snprintf(text, sizeof text,
                 "the log is full: the last %llu events are not in it, so that it cannot be "
                 "replayed",
                 (unsigned long long)(used - CONTROL_RECORDS));
    else if (all > CONTROL_REPLAYS)
        snprintf(text, sizeof text,
                 "%llu faults fired, and a replay holds %d: the log cannot be replayed", all,
                 CONTROL_REPLAYS);
    else
        return NULL;
    return text;
}

static void say_again(const struct config *config, const char *log)
{
    const struct exec_options *exec = &config->exec;
    fprintf(stderr, "sockproof: the same again: ./sockproof exec ");
    if (exec->wire) {
        fprintf(stderr, "--wire --peer ");
        say_quoted(exec->peer);
        fprintf(stderr, exec->ready != NULL ? " --ready " : "");
        if (exec->ready != NULL)
            say_quoted(exec->ready);
        fputc(' ', stderr);
    }
    fprintf(stderr, "--replay %s -- …\n", log);
}

/* How it ended, when it did not end by itself. */
static void say_ended(const struct config *config, const struct ending *ending)
{
    char killer[SYMBOL_SIGNAL];
    if (ending->timed_out)
        fprintf(stderr, "sockproof: no end within %g s: killed\n", config->exec.timeout);
    else if (WIFSIGNALED(ending->status))
        fprintf(stderr, "sockproof: the program was killed by %s\n",
                symbol_signal(WTERMSIG(ending->status), killer));
}

/* What was known beforehand, and that it was not reached at all. */
static void say_unloaded(const struct launch *launch)
{
    if (launch->note != NULL && launch->note[0] != '\0')
        fprintf(stderr, "sockproof: %s\n", launch->note);
    if (launch->object != NULL && silence_count(launch->control, RECORD_PROCESS) == 0)
        fprintf(stderr, "sockproof: the interposer was not loaded: the program set its own "
                        "environment, or the loader refused\n");
}

/* What outlived the program, and what became of it. */
static void say_left(const struct ending *ending)
{
    char killer[SYMBOL_SIGNAL];
    for (int i = 0; i < ending->left_count; i++) {
        const struct left *left = &ending->left[i];
        fprintf(stderr, "sockproof: the program left %s (%d) behind, which was %s", left->name,
                left->pid, ending->left_ended ? "ended with it" : "followed to its end");
        if (left->status != 0)
            fprintf(stderr, ", by %s", symbol_signal(WTERMSIG(left->status), killer));
        fputc('\n', stderr);
    }
}

/* Nothing hides that a fault proved nothing, and what may be the reason. */
static void say_idle(const struct launch *launch, const struct faultplan *plan,
                     const struct ending *ending)
{
    say_fired(launch->control, plan, true);
    say_left(ending);
    silence_slips(launch->control, say, NULL);
    say_unloaded(launch);
}

void exec_end_say(const struct config *config, const struct launch *launch,
                  const struct faultplan *plan, const struct wired *wired,
                  const struct ending *ending, const char *log)
{
    const char *not_again = why_not_again(launch->control, plan);
    if (config->exec.quiet && exec_end_idle(launch->control, plan) > 0)
        say_idle(launch, plan, ending);
    if (config->exec.quiet)
        return;
    say_fired(launch->control, plan, false);
    say_left(ending);
    silence_slips(launch->control, say, NULL);
    say_unloaded(launch);
    say_ended(config, ending);
    say_crashed(launch->control, ending);
    if (wired != NULL)
        exec_wire_say(wired);
    if (not_again != NULL)
        fprintf(stderr, "sockproof: %s\n", not_again);
    else if (plan->plan.count > 0)
        say_again(config, log);
}

int exec_end_status(const struct ending *ending)
{
    int status = EXEC_TROUBLE;
    if (ending->timed_out)
        status = EXEC_TIMED_OUT;
    else if (WIFEXITED(ending->status))
        status = WEXITSTATUS(ending->status);
    else if (WIFSIGNALED(ending->status))
        status = 128 + WTERMSIG(ending->status);
    return status;
}

int exec_end_must_fire(const struct control *control, const struct faultplan *plan, int status)
{
    unsigned idle = exec_end_idle(control, plan);
    if (idle == 0 || status == EXEC_TIMED_OUT)
        return status;
    fprintf(stderr,
            "sockproof: %u of %zu faults never fired: exit status 1 (--must-fire), where the "
            "program's was %d\n",
            idle, plan->plan.count, status);
    return 1;
}
