/* SPDX-License-Identifier: MIT */
/*
 * The configuration: what the command line asks for.
 */
#ifndef SOCKPROOF_ENGINE_CONFIG_H
#define SOCKPROOF_ENGINE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

/* Exit statuses of every command. */
enum status {
    STATUS_GOOD = 0,
    STATUS_FAIL = 1,
    STATUS_BROKEN = 2,
    STATUS_USAGE = 3,
    STATUS_NOTHING = 4,
    STATUS_INTERRUPTED = 130
};

#define STACKS_MAX 16

enum where { WHERE_AUTO, WHERE_WIRE, WHERE_LOOPBACK };

#define EXEC_FAULTS 16

/* What `exec` alone takes. */
struct exec_options {
    const char *plan;   /* a plan file, or NULL */
    const char *replay; /* the log of an earlier run, or NULL */
    const char *fault[EXEC_FAULTS];
    int fault_count;
    bool lenient;      /* errors that POSIX allows are taken too */
    bool record;       /* every chance is logged; of `run`: every fault point that is reached */
    bool list_points;  /* the points there are, or that the program reaches */
    bool quiet;        /* nothing is said beside what the program says, but what proved nothing */
    bool must_fire;    /* a fault that never fired makes the exit status 1 */
    bool ends_left;    /* what outlives the program is ended, where it is followed else */
    double timeout;    /* seconds; 0: none */
    bool wire;         /* the program and its peer on two hosts of their own */
    const char *peer;  /* the shell's command at the other end, or NULL */
    const char *ready; /* when the peer is: "listening", "started", or what it prints; or NULL */
};

struct config {
    const char *root;   /* the folder that holds fixtures/ */
    const char *report; /* folder of a run's output */
    const char *select; /* file of ids and @paths, "-" for standard input; NULL: all of the paths */
    const char *stacks[STACKS_MAX]; /* those under test; the first of them where one is meant */
    const char
        *plugin[STACKS_MAX]; /* of a stack from a file: "so:FILE,ARGUMENT" (plugin.h); or NULL */
    const char *command[STACKS_MAX]; /* of a stack behind a command: that; or NULL */
    const char *far[STACKS_MAX]; /* of the kernel of another machine: "HOST,…", how it is reached */
    int stack_count;
    bool
        stack_given; /* by --stack; if not, each variant runs on the first that has its transport */
    const char *lie; /* the stack misbehaves in that way; NULL: it is what it is */
    /* The stack whose baseline holds, or a file of its own (with a "/"); NULL: that of the stack
       under test. */
    const char *baseline;
    bool no_baseline; /* none does: what is known fails */
    enum where place;
    uint64_t seed;
    int workers; /* 0: four times the processors */
    int repeat;
    int max_skips; /* -1: any number */
    double slow_factor;
    int case_limit;    /* seconds until a case that does not end costs its worker */
    int boot_limit;    /* seconds until a guest kernel, or a far machine, must have begun */
    int held;          /* seconds until a run ends of whom standard input brings nothing; 0: none */
    const char *below; /* the files of the selection lie below this folder; NULL: where they say */
    const char *stream; /* device to write results, events and captures to, for the engine outside
                           of a guest; "-": standard output, for that of another machine; NULL:
                           into the report folder and to standard output */
    bool resume;        /* what the report folder has a result of is not run again */
    bool stop_at_first; /* end the run when a variant fails or breaks */
    bool capture;
    bool json;
    bool reference;      /* schema: the reference for people */
    bool allow_programs; /* cases of others than the suite run programs */
    bool allow_commands; /* scripts run their shell commands */
    bool allow_network;  /* place loopback is the network of the machine */
    bool lenient;        /* unknown citations are left to the verdict */
    struct exec_options exec;
    int path_count;
    char **paths;
};

/* Reads the options of a command (argv[0] is its name). False, with a message on stderr, when one
   is wrong. --help is the caller's. */
bool config_read(struct config *config, int argc, char **argv);

#endif
