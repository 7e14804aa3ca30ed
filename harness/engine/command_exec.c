/* SPDX-License-Identifier: MIT */
#include "engine/commands.h"

#include "engine/exec_end.h"
#include "engine/exec_place.h"
#include "engine/exec_points.h"
#include "engine/exec_wire.h"
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

/* wired: what is around the program, or NULL. */
static int run(const struct config *config, const struct launch *launch,
               const struct faultplan *plan, struct wired *wired, const char *folder)
{
    struct ending ending = {.status = 0};
    char path[PATH_MAX + 16], shown[PATH_MAX];
    char *const *words = wired != NULL ? exec_wire_words(wired, config->paths) : config->paths;
    const struct plan given = launch->control->plan;
    int error = launch_run(launch, words, &ending);
    if (error != 0) {
        fprintf(stderr, "sockproof: %s: %s\n", words[0], strerror(error));
        return error == ENOENT ? EXEC_MISSING : EXEC_REFUSED;
    }
    if (wired != NULL)
        exec_wire_end(wired);
    control_seal(launch->control, &given, "program");
    snprintf(shown, sizeof shown, "%s/faults.jsonl", config->report);
    snprintf(path, sizeof path, "%s/faults.jsonl", folder);
    if (firelog_write(path, launch->control, plan,
                      wired != NULL ? network_firings(wired->network) : NULL,
                      wired != NULL ? network_unlisted(wired->network) : 0, words, &ending) < 0)
        fprintf(stderr, "sockproof: %s cannot be written: %s\n", shown, strerror(errno));
    if (config->exec.list_points)
        exec_points_print_hits(launch->control);
    exec_end_say(config, launch, plan, wired, &ending, shown);
    int status = exec_end_status(&ending);
    return config->exec.must_fire ? exec_end_must_fire(launch->control, plan, status) : status;
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
static int look(const struct config *config, char note[PATH_MAX])
{
    static struct binary binary;
    binary_look(&binary, config->paths[0]);
    int status = 0;
    if (binary.missing) {
        fprintf(stderr, "sockproof: there is no program %s\n", config->paths[0]);
        status = EXEC_MISSING;
    } else if (binary.why[0] != '\0') {
        fprintf(stderr, "sockproof: %s\n", binary.why);
        status = EXEC_REFUSED;
    } else if (binary.note[0] != '\0') {
        snprintf(note, PATH_MAX, "%.*s: %s", (int)(PATH_MAX - sizeof binary.note - 4), binary.path,
                 binary.note);
    }
    return status;
}

/* Finds the interposer, unless nothing is asked of the program's calls: object stays empty then. 0,
   or the exit status. */
static int put_before(const struct config *config, const struct faultplan *plan, char *object,
                      size_t size, char note[PATH_MAX])
{
    int status = 0;
    if (config->exec.wire && !at_calls(config, plan))
        return 0;
    status = look(config, note);
    if (status == 0 && !launch_object(object, size)) {
        fprintf(stderr, "sockproof: %s is not there: build it with ./sockproof doctor\n", object);
        status = EXEC_TROUBLE;
    }
    return status;
}

static bool can_fire(const struct config *config, const struct faultplan *plan)
{
    bool good = !config->exec.must_fire || plan->plan.count > 0;
    if (!good)
        fprintf(stderr, "sockproof: --must-fire needs a fault that could: --fault, --plan or "
                        "--replay\n");
    return good;
}

static int carry_out(const struct config *config, struct control *control, int memory,
                     const char *folder)
{
    struct faultplan plan = {.lenient = false};
    char object[PATH_MAX] = "", note[PATH_MAX] = "";
    int status = EXEC_TROUBLE;
    if (read_plans(config, &plan, control) && exec_wire_makes_sense(config, &plan) &&
        can_fire(config, &plan)) {
        arm(config, &plan, control);
        status = put_before(config, &plan, object, sizeof object, note);
        struct launch launch = {.control = control,
                                .memory = memory,
                                .note = note,
                                .object = object[0] != '\0' ? object : NULL,
                                .netns = -1,
                                .timeout = config->exec.timeout,
                                .ends_left = config->exec.ends_left,
                                .quiet = config->exec.quiet,
                                .silent = config->exec.timeout > 0};
        if (status == 0 && config->exec.wire)
            status = run_wired(config, &launch, &plan, folder);
        else if (status == 0)
            status = run(config, &launch, &plan, NULL, folder);
    }
    faultplan_free(&plan);
    return status;
}

static int run_at(struct config *config, const struct lodging *place, struct control *control,
                  int memory, const char *folder)
{
    config->paths = (char **)exec_place_words(place, config->paths);
    return carry_out(config, control, memory, folder);
}

static int prepare(const struct config *config)
{
    char folder[PATH_MAX], shown[PATH_MAX];
    int memory = -1, lock = -1, status = EXEC_TROUBLE;
    struct config own = *config;
    struct lodging place;
    if (!exec_place_report(config->report, folder, shown, &lock))
        return EXEC_TROUBLE;
    own.report = shown;
    struct control *control = launch_control(NULL, &memory);
    if (control == NULL)
        fprintf(stderr, "sockproof: no memory to share with the program: %s\n", strerror(errno));
    else if (exec_place_open(&place, config->paths))
        status = run_at(&own, &place, control, memory, folder);
    if (control != NULL) {
        launch_close(control, memory);
        exec_place_close(&place);
    }
    close(lock);
    return status;
}

int command_exec(const struct config *config)
{
    bool program = config->path_count > 0;
    int status = EXEC_TROUBLE;
    if (config->exec.list_points && !program) {
        exec_points_print(config->json);
        status = 0;
    } else if (!program) {
        fprintf(stderr, "sockproof: which program? ./sockproof exec --fault 'recv cap 1' -- curl "
                        "http://127.0.0.1/\n");
    } else {
        status = prepare(config);
    }
    return status;
}
