/* SPDX-License-Identifier: MIT */
#include "engine/config.h"

#include "stack/plugin.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_id {
    ARG_ROOT = 256,
    ARG_REPORT,
    ARG_SELECT,
    ARG_STACK,
    ARG_LIE,
    ARG_BASELINE,
    ARG_NO_BASELINE,
    ARG_PLACE,
    ARG_SEED,
    ARG_WORKERS,
    ARG_REPEAT,
    ARG_MAX_SKIPS,
    ARG_SLOW_FACTOR,
    ARG_CASE_LIMIT,
    ARG_BOOT_LIMIT,
    ARG_HELD,
    ARG_BELOW,
    ARG_STREAM,
    ARG_STOP_AT_FIRST,
    ARG_RESUME,
    ARG_CAPTURE,
    ARG_JSON,
    ARG_REFERENCE,
    ARG_LENIENT,
    ARG_ALLOW_PROGRAMS,
    ARG_ALLOW_COMMANDS,
    ARG_ALLOW_NETWORK,
    ARG_PLAN,
    ARG_FAULT,
    ARG_REPLAY,
    ARG_POSIX,
    ARG_RECORD,
    ARG_LIST_POINTS,
    ARG_QUIET,
    ARG_MUST_FIRE,
    ARG_LEFT,
    ARG_TIMEOUT,
    ARG_WIRE,
    ARG_PEER,
    ARG_READY
};

enum { NAME_MOST = 40 };

/* Most kernels have no SCTP. */
static const char *const by_default[] = {"linux", "usrsctp"};

static const struct option long_options[] = {
    {"root", required_argument, NULL, ARG_ROOT},
    {"report", required_argument, NULL, ARG_REPORT},
    {"select", required_argument, NULL, ARG_SELECT},
    {"stack", required_argument, NULL, ARG_STACK},
    {"lie", required_argument, NULL, ARG_LIE},
    {"baseline", required_argument, NULL, ARG_BASELINE},
    {"no-baseline", no_argument, NULL, ARG_NO_BASELINE},
    {"place", required_argument, NULL, ARG_PLACE},
    {"seed", required_argument, NULL, ARG_SEED},
    {"workers", required_argument, NULL, ARG_WORKERS},
    {"repeat", required_argument, NULL, ARG_REPEAT},
    {"max-skips", required_argument, NULL, ARG_MAX_SKIPS},
    {"slow-factor", required_argument, NULL, ARG_SLOW_FACTOR},
    {"case-limit", required_argument, NULL, ARG_CASE_LIMIT},
    {"boot-limit", required_argument, NULL, ARG_BOOT_LIMIT},
    {"held", required_argument, NULL, ARG_HELD},
    {"below", required_argument, NULL, ARG_BELOW},
    {"stream", required_argument, NULL, ARG_STREAM},
    {"stop-at-first", no_argument, NULL, ARG_STOP_AT_FIRST},
    {"resume", no_argument, NULL, ARG_RESUME},
    {"capture", no_argument, NULL, ARG_CAPTURE},
    {"json", no_argument, NULL, ARG_JSON},
    {"reference", no_argument, NULL, ARG_REFERENCE},
    {"cites-lenient", no_argument, NULL, ARG_LENIENT},
    {"allow-programs", no_argument, NULL, ARG_ALLOW_PROGRAMS},
    {"allow-commands", no_argument, NULL, ARG_ALLOW_COMMANDS},
    {"allow-network", no_argument, NULL, ARG_ALLOW_NETWORK},
    {"plan", required_argument, NULL, ARG_PLAN},
    {"fault", required_argument, NULL, ARG_FAULT},
    {"replay", required_argument, NULL, ARG_REPLAY},
    {"lenient", no_argument, NULL, ARG_POSIX},
    {"record", no_argument, NULL, ARG_RECORD},
    {"list-points", no_argument, NULL, ARG_LIST_POINTS},
    {"quiet", no_argument, NULL, ARG_QUIET},
    {"must-fire", no_argument, NULL, ARG_MUST_FIRE},
    {"left", required_argument, NULL, ARG_LEFT},
    {"timeout", required_argument, NULL, ARG_TIMEOUT},
    {"wire", no_argument, NULL, ARG_WIRE},
    {"peer", required_argument, NULL, ARG_PEER},
    {"ready", required_argument, NULL, ARG_READY},
    {NULL, 0, NULL, 0},
};

static bool number(const char *name, const char *text, long least, long most, int *out)
{
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    bool good = end != text && *end == '\0' && errno == 0 && value >= least && value <= most;
    if (good)
        *out = (int)value;
    else
        fprintf(stderr, "sockproof: --%s takes a number from %ld to %ld, not '%s'\n", name, least,
                most, text);
    return good;
}

static bool place(const char *text, enum where *out)
{
    static const char *const words[] = {"auto", "wire", "loopback"};
    for (int i = 0; i < 3; i++)
        if (strcmp(words[i], text) == 0) {
            *out = (enum where)i;
            return true;
        }
    fprintf(stderr, "sockproof: --place is auto, wire or loopback, not '%s'\n", text);
    return false;
}

static bool seed(const char *text, uint64_t *out)
{
    char *end = NULL;
    errno = 0;
    *out = strtoull(text, &end, 0);
    bool good = end != text && *end == '\0' && errno == 0 && text[0] != '-';
    if (!good)
        fprintf(stderr, "sockproof: --seed takes a number from 0 to 2^64-1, not '%s'\n", text);
    return good;
}

static bool factor(const char *text, double *out)
{
    char *end = NULL;
    *out = strtod(text, &end);
    bool good = end != text && *end == '\0' && *out >= 0.1 && *out <= 1000;
    if (!good)
        fprintf(stderr, "sockproof: --slow-factor takes a number from 0.1 to 1000, not '%s'\n",
                text);
    return good;
}

static bool seconds(const char *text, double *out)
{
    char *end = NULL;
    *out = strtod(text, &end);
    bool good = end != text && *end == '\0' && *out > 0 && *out <= 86400;
    if (!good)
        fprintf(stderr, "sockproof: --timeout takes seconds, up to 86400, not '%s'\n", text);
    return good;
}

/* What becomes of what the program leaves behind. */
static bool left(const char *text, bool *ends)
{
    bool good = strcmp(text, "follow") == 0 || strcmp(text, "end") == 0;
    *ends = strcmp(text, "end") == 0;
    if (!good)
        fprintf(stderr, "sockproof: --left is follow or end, not '%s'\n", text);
    return good;
}

static bool add_fault(struct exec_options *exec, const char *text)
{
    bool good = exec->fault_count < EXEC_FAULTS;
    if (good)
        exec->fault[exec->fault_count++] = text;
    else
        fprintf(stderr, "sockproof: a plan holds at most %d faults\n", EXEC_FAULTS);
    return good;
}

/* The options of exec. */
static bool take_exec(struct exec_options *exec, int id)
{
    bool good = true;
    switch (id) {
    case ARG_PLAN:
        exec->plan = optarg;
        break;
    case ARG_FAULT:
        good = add_fault(exec, optarg);
        break;
    case ARG_REPLAY:
        exec->replay = optarg;
        break;
    case ARG_POSIX:
        exec->lenient = true;
        break;
    case ARG_RECORD:
        exec->record = true;
        break;
    case ARG_LIST_POINTS:
        exec->list_points = true;
        break;
    case ARG_QUIET:
        exec->quiet = true;
        break;
    case ARG_MUST_FIRE:
        exec->must_fire = true;
        break;
    case ARG_LEFT:
        good = left(optarg, &exec->ends_left);
        break;
    case ARG_TIMEOUT:
        good = seconds(optarg, &exec->timeout);
        break;
    case ARG_WIRE:
        exec->wire = true;
        break;
    case ARG_PEER:
        exec->peer = optarg;
        break;
    case ARG_READY:
        exec->ready = optarg;
        break;
    default:
        good = false; /* getopt_long has said what is wrong */
        break;
    }
    return good;
}

/* The name of a stack from a file stands in ids and in the names of files. */
static bool is_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    bool good = name[0] != '\0' && strlen(name) <= NAME_MOST && strchr(allowed, name[0]) != NULL &&
                strcmp(name, "all") != 0;
    for (const char *at = name; *at != '\0' && good; at++)
        good = strchr(allowed, *at) != NULL || strchr("._-", *at) != NULL;
    return good;
}

/* A stack of the user's own: NAME=so:FILE, NAME=preload:FILE, NAME=exec:COMMAND or NAME=ssh:HOST.
 */
struct own {
    const char *plugin, *command, *far; /* one of them, or none */
};

/* Takes such a name apart; what has no "=" names a stack that is known. */
static bool take_own(char *name, struct own *own)
{
    char *sign = strchr(name, '=');
    if (sign == NULL)
        return true;
    if (plugin_is(sign + 1))
        own->plugin = sign + 1;
    else if (strncmp(sign + 1, "exec:", 5) == 0 && sign[6] != '\0')
        own->command = sign + 6;
    else if (strncmp(sign + 1, "ssh:", 4) == 0 && sign[5] != '\0')
        own->far = sign + 5;
    if (own->plugin == NULL && own->command == NULL && own->far == NULL) {
        fprintf(stderr,
                "sockproof: --stack %s: a stack of your own is NAME=so:FILE, NAME=preload:FILE, "
                "NAME=exec:COMMAND or NAME=ssh:HOST\n",
                name);
        return false;
    }
    *sign = '\0';
    if (!is_name(name))
        fprintf(stderr,
                "sockproof: --stack %s=…: the name of a stack is of letters, digits, '.', '_' "
                "and '-', begins with a letter or a digit, has at most %d of them, and is not "
                "'all'\n",
                name, NAME_MOST);
    return is_name(name);
}

static bool same_text(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* A stack that is named twice takes part once. */
static bool stack(struct config *config, char *name)
{
    struct own own = {NULL, NULL, NULL};
    if (!take_own(name, &own))
        return false;
    for (int i = 0; i < config->stack_count; i++)
        if (strcmp(config->stacks[i], name) == 0) {
            bool same = same_text(config->plugin[i], own.plugin) &&
                        same_text(config->command[i], own.command) &&
                        same_text(config->far[i], own.far);
            if (!same)
                fprintf(stderr, "sockproof: two stacks are called %s\n", name);
            return same;
        }
    bool good = config->stack_count < STACKS_MAX;
    if (good) {
        config->plugin[config->stack_count] = own.plugin;
        config->command[config->stack_count] = own.command;
        config->far[config->stack_count] = own.far;
        config->stacks[config->stack_count++] = name;
    } else
        fprintf(stderr, "sockproof: at most %d stacks take part in a run\n", STACKS_MAX);
    return good;
}

/* What a case may do that it may not unasked; false for another option. */
static bool allow(struct config *config, int id)
{
    config->allow_programs = config->allow_programs || id == ARG_ALLOW_PROGRAMS;
    config->allow_commands = config->allow_commands || id == ARG_ALLOW_COMMANDS;
    config->allow_network = config->allow_network || id == ARG_ALLOW_NETWORK;
    return id == ARG_ALLOW_PROGRAMS || id == ARG_ALLOW_COMMANDS || id == ARG_ALLOW_NETWORK;
}

/* What is counted or measured. */
static bool take_number(struct config *config, int id)
{
    bool good = true;
    switch (id) {
    case ARG_WORKERS:
        good = number("workers", optarg, 1, 64, &config->workers);
        break;
    case ARG_REPEAT:
        good = number("repeat", optarg, 1, 1000000, &config->repeat);
        break;
    case ARG_MAX_SKIPS:
        good = number("max-skips", optarg, 0, 1000000, &config->max_skips);
        break;
    case ARG_SLOW_FACTOR:
        good = factor(optarg, &config->slow_factor);
        break;
    case ARG_CASE_LIMIT:
        good = number("case-limit", optarg, 1, 86400, &config->case_limit);
        break;
    case ARG_BOOT_LIMIT:
        good = number("boot-limit", optarg, 1, 86400, &config->boot_limit);
        break;
    case ARG_HELD:
        good = number("held", optarg, 1, 86400, &config->held);
        break;
    default:
        good = take_exec(&config->exec, id);
        break;
    }
    return good;
}

static bool take(struct config *config, int id)
{
    bool good = true;
    switch (id) {
    case ARG_ROOT:
        config->root = optarg;
        break;
    case ARG_REPORT:
        config->report = optarg;
        break;
    case ARG_SELECT:
        config->select = optarg;
        break;
    case ARG_STACK:
        good = stack(config, optarg);
        break;
    case ARG_LIE:
        config->lie = optarg;
        break;
    case ARG_BASELINE:
        config->baseline = optarg;
        break;
    case ARG_NO_BASELINE:
        config->no_baseline = true;
        break;
    case ARG_PLACE:
        good = place(optarg, &config->place);
        break;
    case ARG_SEED:
        good = seed(optarg, &config->seed);
        break;
    case ARG_STREAM:
        config->stream = optarg;
        break;
    case ARG_BELOW:
        config->below = optarg;
        break;
    case ARG_RESUME:
        config->resume = true;
        break;
    case ARG_STOP_AT_FIRST:
        config->stop_at_first = true;
        break;
    case ARG_CAPTURE:
        config->capture = true;
        break;
    case ARG_JSON:
        config->json = true;
        break;
    case ARG_REFERENCE:
        config->reference = true;
        break;
    case ARG_LENIENT:
        config->lenient = true;
        break;
    default:
        good = allow(config, id) || take_number(config, id);
        break;
    }
    return good;
}

bool config_read(struct config *config, int argc, char **argv)
{
    bool good = true;
    int id = 0;
    *config = (struct config){.root = ".",
                              .report = "reports/latest",
                              .seed = 1,
                              .repeat = 1,
                              .max_skips = -1,
                              .slow_factor = 1,
                              .case_limit = 120,
                              .boot_limit = 120};
    optind = 0;
    while (good && (id = getopt_long(argc, argv, "", long_options, NULL)) != -1)
        good = take(config, id);
    config->stack_given = config->stack_count > 0;
    for (size_t i = 0; !config->stack_given && i < sizeof by_default / sizeof *by_default; i++)
        config->stacks[i] = by_default[i];
    if (!config->stack_given)
        config->stack_count = sizeof by_default / sizeof *by_default;
    config->path_count = argc - optind;
    config->paths = argv + optind;
    return good;
}
