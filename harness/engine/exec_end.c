/* SPDX-License-Identifier: MIT */
#include "engine/exec_end.h"

#include "observe/symbol.h"

#include <stdio.h>
#include <sys/wait.h>

static unsigned count_kind(const struct control *control, enum record_kind kind)
{
    uint64_t used = atomic_load(&control->used);
    unsigned count = 0;
    for (uint64_t i = 0; i < used && i < CONTROL_RECORDS; i++)
        count += atomic_load(&control->record[i].kind) == kind;
    return count;
}

static void say_bypassed(const struct control *control)
{
    static const struct {
        enum record_kind kind;
        const char *text;
    } kinds[] = {
        {RECORD_STREAM, "put stdio on a socket: what goes through the stream is not under "
                        "faults"},
        {RECORD_NUMBER, "made socket calls by number (syscall): they are not under faults"},
        {RECORD_RING, "uses io_uring: what it does there is not under faults"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        unsigned count = count_kind(control, kinds[i].kind);
        if (count > 0)
            fprintf(stderr, "sockproof: the program %s (%u times)\n", kinds[i].text, count);
    }
}

/* What the program executed and no library could be put in front of. */
static void say_unseen(const struct control *control)
{
    uint32_t used = atomic_load(&control->unseen_used);
    for (uint32_t i = 0; i < used && i < CONTROL_UNSEEN; i++) {
        const struct control_unseen *one = &control->unseen[i];
        const char *why = control_unseen_text((enum unseen_why)atomic_load(&one->why));
        if (why != NULL)
            fprintf(stderr, "sockproof: %s %s: its socket calls were not seen\n", one->path, why);
    }
    if (used > CONTROL_UNSEEN)
        fprintf(stderr, "sockproof: and %u more such programs\n", used - CONTROL_UNSEEN);
}

static void say_fired(const struct control *control, const struct faultplan *plan)
{
    for (size_t i = 0; i < plan->plan.count; i++) {
        unsigned long long fired = atomic_load(&control->plan.fault[i].fired);
        unsigned long long chances = atomic_load(&control->plan.fault[i].chances);
        fprintf(stderr, "sockproof: %s: fired %llu of %llu times%s\n", plan->text[i], fired,
                chances, fired == 0 ? "; it proves nothing" : "");
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

void exec_end_say(const struct config *config, const struct launch *launch,
                  const struct faultplan *plan, const struct wired *wired,
                  const struct ending *ending, const char *log)
{
    char killer[SYMBOL_SIGNAL];
    say_fired(launch->control, plan);
    say_bypassed(launch->control);
    say_unseen(launch->control);
    if (launch->object != NULL && count_kind(launch->control, RECORD_PROCESS) == 0)
        fprintf(stderr, "sockproof: the interposer was not loaded: the program set its own "
                        "environment, or the loader refused\n");
    if (WIFSIGNALED(ending->status) && !ending->timed_out)
        fprintf(stderr, "sockproof: the program was killed by %s\n",
                symbol_signal(WTERMSIG(ending->status), killer));
    if (ending->timed_out)
        fprintf(stderr, "sockproof: no end within %g s: killed\n", config->exec.timeout);
    if (wired != NULL)
        exec_wire_say(wired);
    if (plan->plan.count > 0)
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
