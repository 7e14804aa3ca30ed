#include "base/folder.h"
#include "engine/commands.h"

#include "engine/exec_wire.h"
#include "fault/attempt.h"
#include "fault/fits.h"
#include "program/binary.h"
#include "program/firelog.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Our own exit statuses are those of env(1), nohup(1) and timeout(1); all others are the program's.
 */
enum { EXEC_TIMED_OUT = 124, EXEC_TROUBLE = 125, EXEC_REFUSED = 126, EXEC_MISSING = 127 };

/* --- the points ---------------------------------------------------------------------------- */

static void print_attempts(enum point point)
{
    const struct attempt *one = attempt_at(point);
    char text[ATTEMPT_TEXT];
    for (int i = 0; one[i].action != FAULT_NONE; i++)
        printf("%s\"%s\"", i > 0 ? "," : "", attempt_text(&one[i], text));
}

/* The actions that may happen at a point. */
static void print_actions(enum point point)
{
    for (int i = FAULT_NONE + 1; i < FAULT_COUNT; i++)
        if (fits_ever(UINT64_C(1) << point, (enum call_action)i))
            printf(" %s", call_action_word((enum call_action)i));
}

static void list_point(enum point point, bool json)
{
    const struct point_info *info = point_info(point);
    if (json) {
        printf("{\"point\":\"%s\",\"group\":\"%s\",\"candidates\":[", info->name,
               point_group_name(info->group));
        print_attempts(point);
        printf("]}\n");
    } else {
        printf("%-14s %-9s %s\n%24s", info->name,
               info->group != GROUP_none ? point_group_name(info->group) : "", info->what, "do");
        print_actions(point);
        printf("\n%24s %s\n", "errno", info->strict);
        if (info->lenient[0] != '\0')
            printf("%24s %s\n", "lenient", info->lenient);
    }
}

static void list_points(bool json)
{
    for (int i = 0; i < POINT_COUNT; i++)
        if ((point_info((enum point)i)->callers & CALLERS_PROGRAMS) != 0)
            list_point((enum point)i, json);
    if (!json)
        printf("\nthe second word is a wider point, which takes in all of its calls: receive, "
               "transmit, wait, name\n");
}

/* --- what is said at the end --------------------------------------------------------------- */

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

static void say_hits(const struct control *control)
{
    printf("%-14s %10s  faults that fit, as a rule\n", "point", "reached");
    for (int i = 0; i < POINT_COUNT; i++) {
        unsigned long long hits = atomic_load(&control->hits[i]);
        const struct attempt *one = attempt_at((enum point)i);
        char text[ATTEMPT_TEXT];
        if (hits == 0)
            continue;
        printf("%-14s %10llu  ", point_info((enum point)i)->name, hits);
        for (int c = 0; one[c].action != FAULT_NONE; c++)
            printf("%s%s", c > 0 ? ", " : "", attempt_text(&one[c], text));
        printf("\n");
    }
}

/* --- the run ------------------------------------------------------------------------------- */

static bool read_plans(const struct config *config, struct faultplan *plan, struct control *control)
{
    const struct exec_options *exec = &config->exec;
    bool good = true;
    plan->lenient = exec->lenient;
    control->plan.seed = config->seed;
    if (exec->replay != NULL)
        good = firelog_read(exec->replay, plan, control, stderr);
    if (exec->plan != NULL)
        good = faultplan_add_file(plan, exec->plan, stderr) && good;
    for (int i = 0; i < exec->fault_count; i++)
        good = faultplan_add_text(plan, exec->fault[i], stderr) && good;
    return good;
}

/* Whether anything is asked about the program's own calls. */
static bool at_calls(const struct config *config, const struct faultplan *plan)
{
    bool fault = (plan->wire | ((1U << plan->plan.count) - 1)) != plan->wire;
    return config->exec.record || config->exec.list_points || fault;
}

static void arm(const struct config *config, const struct faultplan *plan, struct control *control)
{
    uint64_t seed = control->plan.seed;
    control->plan = plan->plan;
    control->plan.seed = seed;
    control->lenient = plan->lenient;
    snprintf(control->actor, sizeof control->actor, "program");
    memcpy(control->select, plan->select, sizeof control->select);
    control->recording = config->exec.record;
    control->watching = at_calls(config, plan);
}

static int status_of(const struct ending *ending)
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

static void say_all(const struct config *config, const struct launch *launch,
                    const struct faultplan *plan, const struct wired *wired,
                    const struct ending *ending, const char *log)
{
    say_fired(launch->control, plan);
    say_bypassed(launch->control);
    say_unseen(launch->control);
    if (launch->object != NULL && count_kind(launch->control, RECORD_PROCESS) == 0)
        fprintf(stderr, "sockproof: the interposer was not loaded: the program set its own "
                        "environment, or the loader refused\n");
    if (ending->timed_out)
        fprintf(stderr, "sockproof: no end within %g s: killed\n", config->exec.timeout);
    if (wired != NULL)
        exec_wire_say(wired);
    if (plan->plan.count > 0)
        say_again(config, log);
}

/* wired: what is around the program, or NULL. */
static int run(const struct config *config, const struct launch *launch,
               const struct faultplan *plan, struct wired *wired, const char *folder)
{
    struct ending ending = {.status = 0};
    char path[PATH_MAX + 16], shown[PATH_MAX];
    char *const *words = wired != NULL ? exec_wire_words(wired, config->paths) : config->paths;
    int error = launch_run(launch, words, &ending);
    if (error != 0) {
        fprintf(stderr, "sockproof: %s: %s\n", words[0], strerror(error));
        return error == ENOENT ? EXEC_MISSING : EXEC_REFUSED;
    }
    if (wired != NULL)
        exec_wire_end(wired);
    snprintf(shown, sizeof shown, "%s/faults.jsonl", config->report);
    snprintf(path, sizeof path, "%s/faults.jsonl", folder);
    if (firelog_write(path, launch->control, plan,
                      wired != NULL ? network_firings(wired->network) : NULL, words, &ending) < 0)
        fprintf(stderr, "sockproof: %s cannot be written: %s\n", shown, strerror(errno));
    if (config->exec.list_points)
        say_hits(launch->control);
    if (!config->exec.quiet)
        say_all(config, launch, plan, wired, &ending, shown);
    return status_of(&ending);
}

static int run_wired(const struct config *config, struct launch *launch,
                     const struct faultplan *plan, const char *folder)
{
    struct wired wired;
    int status = EXEC_TROUBLE;
    if (exec_wire_open(&wired, config, folder, plan, launch->control)) {
        launch->netns = network_host(wired.network, SIDE_CLIENT);
        launch->await = peer_await;
        launch->context = &wired.peer;
        status = run(config, launch, plan, &wired, folder);
    } else if (wired.interrupted != 0) {
        status = 128 + wired.interrupted;
    }
    exec_wire_close(&wired);
    return status;
}

/* Whether the program can be put under faults; 0, or the exit status. */
static int look(const struct config *config)
{
    struct binary binary;
    binary_look(&binary, config->paths[0]);
    int status = 0;
    if (binary.missing) {
        fprintf(stderr, "sockproof: there is no program %s\n", config->paths[0]);
        status = EXEC_MISSING;
    } else if (binary.why[0] != '\0') {
        fprintf(stderr, "sockproof: %s\n", binary.why);
        status = EXEC_REFUSED;
    } else if (binary.note[0] != '\0' && !config->exec.quiet) {
        fprintf(stderr, "sockproof: %s: %s\n", binary.path, binary.note);
    }
    return status;
}

/* Finds the interposer, unless nothing is asked of the program's calls: object stays empty then. 0,
   or the exit status. */
static int put_before(const struct config *config, const struct faultplan *plan, char *object,
                      size_t size)
{
    int status = 0;
    if (config->exec.wire && !at_calls(config, plan))
        return 0;
    status = look(config);
    if (status == 0 && !launch_object(object, size)) {
        fprintf(stderr, "sockproof: %s is not there: build it with ./sockproof doctor\n", object);
        status = EXEC_TROUBLE;
    }
    return status;
}

static int carry_out(const struct config *config, struct control *control, const char *path,
                     const char *folder)
{
    struct faultplan plan = {.lenient = false};
    char object[PATH_MAX] = "";
    int status = EXEC_TROUBLE;
    if (read_plans(config, &plan, control) && exec_wire_makes_sense(config, &plan)) {
        arm(config, &plan, control);
        status = put_before(config, &plan, object, sizeof object);
        struct launch launch = {.control = control,
                                .path = path,
                                .object = object[0] != '\0' ? object : NULL,
                                .netns = -1,
                                .timeout = config->exec.timeout,
                                .silent = config->exec.timeout > 0};
        if (status == 0 && config->exec.wire)
            status = run_wired(config, &launch, &plan, folder);
        else if (status == 0)
            status = run(config, &launch, &plan, NULL, folder);
    }
    faultplan_free(&plan);
    return status;
}

static int prepare(const struct config *config)
{
    char folder[PATH_MAX], path[PATH_MAX + 32];
    if (!folder_make(config->report) || access(config->report, W_OK) < 0 ||
        realpath(config->report, folder) == NULL) {
        fprintf(stderr, "sockproof: %s: %s\n", config->report, strerror(errno));
        return EXEC_TROUBLE;
    }
    snprintf(path, sizeof path, "%s/control.%d", folder, (int)getpid());
    struct control *control = launch_control(path);
    if (control == NULL) {
        fprintf(stderr, "sockproof: %s: %s\n", path, strerror(errno));
        return EXEC_TROUBLE;
    }
    int status = carry_out(config, control, path, folder);
    launch_close(control, path);
    return status;
}

int command_exec(const struct config *config)
{
    bool program = config->path_count > 0;
    int status = EXEC_TROUBLE;
    if (config->exec.list_points && !program) {
        list_points(config->json);
        status = 0;
    } else if (!program) {
        fprintf(stderr, "sockproof: which program? ./sockproof exec --fault 'recv cap 1' -- curl "
                        "http://127.0.0.1/\n");
    } else {
        status = prepare(config);
    }
    return status;
}
