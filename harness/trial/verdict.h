/* SPDX-License-Identifier: MIT */
/*
 * A judgement: what is held against what of one variant, and what it comes to. It knows no sockets:
 * a recorded run is judged by the same.
 *
 * One thread.
 */
#ifndef SOCKPROOF_TRIAL_VERDICT_H
#define SOCKPROOF_TRIAL_VERDICT_H

#include "case/case.h"
#include "case/limit.h"
#include "observe/event.h"
#include "trial/excuse.h"

enum { EXCUSED_MAX = 32 };

enum verdict {
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_KNOWN,
    VERDICT_BROKEN,
    VERDICT_SKIP,
    VERDICT_NOT_RUN,
    VERDICT_COUNT
};
/* "pass", "fail", … Static storage. */
const char *verdict_name(enum verdict verdict);

/* What of a case file is meant: a place in it, and what stands there in one line. */
struct passage {
    struct mark mark;
    const char *source; /* NULL: no passage */
};

struct failure {
    enum code code; /* CODE_NONE: none */
    const struct step *step;
    struct passage passage;
    const char *actor;
    const char *field; /* NULL as the next two: broken, nothing was compared */
    char *expected;
    char *observed;
};

struct saved {
    const char *name;
    const char *text;
};

struct reset_name;

/* A failure that is known of the stack. */
struct excused {
    const struct excuse *excuse;
    struct failure failure;
};

struct judgement {
    const struct variant *variant;
    struct arena *arena;
    struct event_log log;
    const struct step *step; /* being carried out */
    int reached;             /* number of the last step that was begun; 0: none */
    struct passage asked;    /* what is judged of the case as a whole, when no step is */
    struct saved saved[SAVED_MAX];
    size_t saved_count;
    struct reset_name *resets, *last_reset; /* that the steps so far have named (named.h) */
    struct excuses excuses;                 /* what is known of the variant on its stack */
    struct excused excused[EXCUSED_MAX];
    size_t excused_count; /* those of them that were met */
    enum verdict verdict; /* never known: judgement_verdict */
    bool known;           /* it failed, and that failure is excused */
    bool wrong_result;    /* the call that is judged did not end as it says, and that is excused */
    bool concluded;       /* it got to its end, and was judged as a whole */
    char *reason;
    struct failure failure;
    bool over; /* a program ended with an error that a fault allows: as good as the whole case */
};

/* Sets the verdict, the first one of a kind wins; fail outranks broken. An event says what was not
   met, or what broke. actor: whose doing it is, copied; NULL: that of the step. A failure that is
   excused is kept; one behind which the case goes on changes no verdict. */
void judgement_fail(struct judgement *judgement, const char *actor, enum code code,
                    const char *field, char *expected, char *observed);
void judgement_broken(struct judgement *judgement, enum code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* What was found is taken back. */
void judgement_pardon(struct judgement *judgement);
/* An expectation was held against what was observed: an event says so, and one that is not met is a
   failure. */
void judgement_check(struct judgement *judgement, const char *actor, const char *field, bool met,
                     char *expected, char *observed);
/* A program's clean error, which a fault allows, stands for what was expected: an event says so. */
void judgement_excuse(struct judgement *judgement, const char *actor, char *expected,
                      char *observed);
/* From here on it is this that is judged of the case as a whole: a node below the case's expect:,
   a fault, or a step that is over. */
void judgement_asks_node(struct judgement *judgement, const struct node *node);
void judgement_asks_fault(struct judgement *judgement, const char *name);
void judgement_asks_step(struct judgement *judgement, int number);
void judgement_asks_passage(struct judgement *judgement, struct mark mark, const char *source);
/* What it comes to: the verdict, or known when all that failed is excused. */
enum verdict judgement_verdict(const struct judgement *judgement);
/* What went wrong, of one that is known the first of it; the code is none when nothing did. */
const struct failure *judgement_failure(const struct judgement *judgement);
/* Why it is what it is, in a sentence; of one that is known with what the baseline says. Empty for
   a pass. On the judgement's arena. */
const char *judgement_reason(struct judgement *judgement);
/* True while nothing has gone wrong that ends the case. */
bool judgement_good(const struct judgement *judgement);
/* A formatted text on the judgement's arena. */
#define judgement_text(judgement, ...) arena_printf((judgement)->arena, __VA_ARGS__)
/* An event, now. members as log_add. */
void judgement_event(struct judgement *judgement, const char *type, const char *actor,
                     const char *text, json_t *members);

#endif
