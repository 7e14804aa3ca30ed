/* SPDX-License-Identifier: MIT */
/*
 * The engine: runs case files and writes what they found. People use the front door; this is
 * the program behind it.
 */
#include "actor/relay.h"
#include "base/stock.h"
#include "engine/commands.h"
#include "engine/ending.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status exec_status(const struct config *config)
{
    return (enum status)command_exec(config);
}

static enum status relay_status(const struct config *config)
{
    (void)config;
    return (enum status)relay_serve();
}

static const struct {
    const char *name;
    enum status (*run)(const struct config *config);
    const char *help;
} commands[] = {
    {"run", command_run,
     "run [options] PATH…       run the variants of the case files at or below PATH\n"
     "  --select FILE           only the ids in FILE (one a line; \"@PATH\" lines name more paths; "
     "- is standard input)\n"
     "  --report DIR            folder for results.jsonl, events.jsonl, run.json, capture/ "
     "(reports/latest)\n"
     "  --seed N                seed of all decisions by chance (1)\n"
     "  --stack NAME            implementation under test (linux); may be given several times\n"
     "  --lie NAME              the stack misbehaves in that way (see: lies)\n"
     "  --no-baseline           known deviations fail, as if no baseline named them\n"
     "  --baseline NAME         it is the baseline of that stack that holds\n"
     "  --place auto|wire|loopback  where cases run (auto)\n"
     "  --allow-programs        cases outside of cases/ and fixtures/ run programs too\n"
     "  --allow-commands        packetdrill's scripts run their shell commands\n"
     "  --allow-network         on loopback cases reach the network of the machine\n"
     "  --workers N             worker processes (four times the processors)\n"
     "  --repeat N              run each variant N times (1)\n"
     "  --max-skips N           exit 4 when more are skipped\n"
     "  --slow-factor F         scale every deadline (1)\n"
     "  --case-limit S          seconds until a case that does not end costs its worker (120)\n"
     "  --boot-limit S          seconds until a guest kernel or a far machine must have begun "
     "(120)\n"
     "  --stream FILE           in a guest: results, events and captures go to the engine outside\n"
     "  --held S                on a far machine: end when standard input brings nothing for so "
     "long\n"
     "  --below DIR             on a far machine: where the files of the selection are\n"
     "  --stop-at-first         end the run when a variant fails or breaks\n"
     "  --resume                leave out what the report folder has a result of\n"
     "  --capture               a pcapng for every variant, not only for failures\n"
     "  --record                an event for every fault point that an actor or a program reaches\n"
     "  example: sockproof-engine run cases/tcp --seed 7\n"},
    {"list", command_list,
     "list [--json] PATH…       the variants, one a line\n"
     "  example: sockproof-engine list --json cases\n"},
    {"lies", command_lies,
     "lies                      the ways in which --lie can make a stack misbehave\n"
     "  example: sockproof-engine lies\n"},
    {"stacks", command_stacks,
     "stacks                    the stacks of this build; guest kernels are not among them\n"
     "  --stack NAME=so:FILE, NAME=preload:FILE    ask that file what it has instead\n"
     "  --stack NAME=exec:COMMAND  ask the relay that this starts\n"
     "  --stack NAME=ssh:HOST      ask whether that machine can be reached, and will do\n"
     "  example: sockproof-engine stacks\n"},
    {"lint", command_lint,
     "lint [--json] PATH…       check case files; exit 3 when one has an error\n"
     "  example: sockproof-engine lint cases/tcp/close/half-close.yaml\n"},
    {"explain", command_explain,
     "explain ID…               what a case, a requirement or an error code means\n"
     "  example: sockproof-engine explain posix/recv/orderly-shutdown-zero\n"},
    {"doctor", command_doctor,
     "doctor [--json]           what this machine can run, found out by trying\n"
     "  example: sockproof-engine doctor\n"},
    {"schema", command_schema,
     "schema [--reference]      the JSON Schema of case files, or their reference for people\n"
     "  example: sockproof-engine schema > case.schema.json\n"},
    {"exec", exec_status,
     "exec [options] -- PROGRAM ARGS…  run a program with faults at its socket calls\n"
     "  --fault 'CALL ACTION…'  one fault (may be repeated)\n"
     "  --plan FILE             the faults of a plan file\n"
     "  --replay LOG            the faults that fired in an earlier run\n"
     "  --seed N                seed of all decisions by chance (1)\n"
     "  --lenient               take errors that POSIX allows and Linux does not give\n"
     "  --report DIR            folder for faults.jsonl (reports/exec)\n"
     "  --record                log every chance, also where nothing fires\n"
     "  --timeout S             kill the program and its group after so long\n"
     "  --wire                  the program and its peer on two hosts, packets under faults:\n"
     "                          --fault 'wire ACTION [PACKET] [from SIDE] [TRIGGER]'\n"
     "  --peer COMMAND          what runs on the server, by sh -c\n"
     "  --ready WHEN            begin when it is listening (default), started, or prints WHEN\n"
     "  --capture               every packet to wire.pcapng in the folder of --report\n"
     "  --list-points           the points there are, or that the program reaches\n"
     "  --quiet                 say nothing beside what the program says\n"
     "  example: sockproof-engine exec --fault 'recv cap 1' -- curl http://127.0.0.1/\n"
     "           sockproof-engine exec --wire --peer 'python3 -m http.server 8000' \\\n"
     "               --fault 'wire drop syn once' -- curl http://{server}:8000/\n"},
    {"judge", command_judge,
     "judge [RUN]               judge a recorded run again by its events (the folder of --report)\n"
     "  exit status: 0 every verdict is as it was, 1 some is not, 2 unreadable, 4 nothing to "
     "judge\n"
     "  example: sockproof-engine judge reports/latest\n"},
    {"relay", relay_status,
     "relay                     an actor that is driven over standard input and output\n"
     "  example: sockproof-engine run --stack 'same=exec:sockproof-engine relay' cases/udp\n"},
    {"bench-rtt", command_bench_rtt,
     "bench-rtt [--json]        round trips of a small message over raw IP, UDP and TCP, timed\n"
     "  --repeat N              so many of each (1; at most 100000)\n"
     "  example: sockproof-engine bench-rtt --repeat 10000\n"},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void usage(FILE *out)
{
    fprintf(out, "usage: sockproof-engine COMMAND [options]\n\n");
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "%s\n", commands[i].help);
    fprintf(out, "every command: --root DIR  the folder that holds fixtures/ (.)\n");
}

static int find(const char *name)
{
    int found = -1;
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            found = i;
    return found;
}

static bool asks_help(int argc, char **argv)
{
    bool found = false;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        found = found || strcmp(argv[i], "--help") == 0;
    return found;
}

/* A run ends in order; a program may be deaf to all but this. */
static int last_signal(int which)
{
    return which >= 0 && commands[which].run == exec_status ? SIGKILL : SIGTERM;
}

int main(int argc, char **argv)
{
    struct config config;
    int which = argc > 1 ? find(argv[1]) : -1;
    enum status status = STATUS_USAGE;
    json_set_alloc_funcs(stock_take, stock_give);
    bool called = getenv(CALLER_VARIABLE) != NULL;
    if (!ending_with_caller(last_signal(which)))
        return STATUS_INTERRUPTED;
    if (which >= 0 && asks_help(argc, argv)) {
        fputs(commands[which].help, stdout);
        status = STATUS_GOOD;
    } else if (which < 0 && asks_help(argc, argv)) {
        usage(stdout);
        status = STATUS_GOOD;
    } else if (which < 0) {
        usage(stderr);
    } else if (config_read(&config, argc - 1, argv + 1)) {
        if (!called)
            ending_at_once();
        else if (commands[which].run == command_run) /* what comes early waits */
            ending_hold();
        status = commands[which].run(&config);
    }
    return status;
}
