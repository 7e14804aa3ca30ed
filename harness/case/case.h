/* SPDX-License-Identifier: MIT */
/*
 * A case: one YAML file, or one packetdrill script, one behaviour; and its variants, which is what
 * runs.
 *
 * Everything hangs on the case's arena. A checked case is read-only and may be shared by
 * forked processes.
 */
#ifndef SOCKPROOF_CASE_CASE_H
#define SOCKPROOF_CASE_CASE_H

#include "case/complaint.h"
#include "case/node.h"
#include "case/vocabulary.h"
#include "packet/packet.h"
#include "verb/verb.h"

enum transport {
    TRANSPORT_TCP,
    TRANSPORT_UDP,
    TRANSPORT_SCTP,
    TRANSPORT_RAW,
    TRANSPORT_ICMP,
    TRANSPORT_COUNT
};
enum setup { SETUP_NONE, SETUP_OPEN, SETUP_BOUND, SETUP_LISTENING, SETUP_CONNECTED, SETUP_COUNT };
enum subject { SUBJECT_STACK, SUBJECT_PROGRAM };
enum place { PLACE_ANY, PLACE_WIRE, PLACE_LOOPBACK };

/* The words of case files, in the order of these enumerations; NULL terminated. */
extern const char *const case_transports[], *const case_setups[], *const case_subjects[],
                                                                      *const case_places[];
/* "tcp", "connected", "stack", "wire": as in case files. Static storage. */
const char *transport_name(enum transport transport);
const char *setup_name(enum setup setup);
const char *subject_name(enum subject subject);
const char *place_name(enum place place);

struct pkt_event;
struct pkt_script;

struct step {
    int number;        /* from 1 */
    struct mark mark;  /* of the actor's key */
    const char *actor; /* "client", "server", "client2", "clients", "wire" */
    const struct verb *verb;
    struct mark verb_mark;
    const struct node *param[PARAM_MAX];         /* by the verb's parameters; NULL = not given */
    const struct node *modifier[MODIFIER_COUNT]; /* NULL = not given */
    const struct node *expect[EXPECT_COUNT];     /* NULL = not given */
    const char *source;                          /* the step in one line, for reports */
    const struct pkt_event *event;               /* of a script, which it carries out; NULL: none */
    bool ends; /* a script's: it looks at what the call of its event came to */
};

/* One fault of a variant, checked. */
struct fault_node {
    const char *name;
    struct mark mark;
    const struct node *wire;   /* client | server | both: a wire fault; NULL for a call fault */
    const struct node *call;   /* the call's name: a call fault */
    const struct node *by;     /* the actor of a call fault */
    const struct node *action; /* do: a word, or a map of one (errno: E, cap: N) */
    const struct node *when;   /* the trigger's map, or NULL: always */
    bool allows_error; /* a program may answer it with a clean error in place of what is expected */
};

/* Why something cannot be run. */
struct skip {
    enum code code;     /* CODE_NONE: it can */
    const char *reason; /* in words, for the report; NULL: it can */
};

struct citation {
    const char *id;
    struct mark mark;
    bool known; /* in the catalogue */
};

struct variant {
    const struct casefile *file;
    const char *id;   /* "tcp/close/half-close[inet6]" */
    const char *name; /* "inet6", "enabled-zero-inet" */
    int family;       /* AF_INET, AF_INET6 */
    size_t step_count;
    struct step *steps; /* parameters filled in; references to saved values remain */
    size_t fault_count;
    struct fault_node *faults;
    const struct node *delivery; /* expect.delivery, or NULL; the others alike */
    const struct node *ordering;
    const struct node *fired;
    const struct node *never;
    struct vocabulary
        words;        /* of the parameters and expectations of steps, of faults and of never */
    enum side absent; /* for which the wire speaks; SIDE_COUNT: none is */
    bool needs_wire;  /* a wire step, a wire fault, raw, icmp, port: or place: wire */
    struct skip skip; /* by this build */
};

struct casefile {
    struct arena *arena;
    const char *path; /* as given */
    const char *id;   /* path below the cases folder, without the ending */
    const char *title;
    struct mark title_mark;
    size_t cite_count;
    struct citation *cites;
    enum transport transport;
    enum subject subject;
    enum place place;
    enum setup setup;
    const struct node *peer;         /* peer: what the wire is, or NULL */
    const struct pkt_script *script; /* that the case is; NULL: it is YAML */
    int clients;                     /* clients: N, or 0 */
    int port;                        /* port: N, the server's, or 0: any */
    const struct node *programs;     /* list, or NULL */
    size_t variant_count;
    struct variant *variants;
    struct complaints remarks; /* what is good and not carried out */
    struct complaints complaints;
};

#endif
