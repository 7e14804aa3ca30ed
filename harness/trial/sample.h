/* SPDX-License-Identifier: MIT */
/*
 * For the tests: a variant of a text, and a trial of it that nobody runs, with hosts that nobody
 * made.
 */
#ifndef SOCKPROOF_TRIAL_SAMPLE_H
#define SOCKPROOF_TRIAL_SAMPLE_H

#include "case/casefile.h"
#include "trial/state.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

#define SAMPLE_HEAD "title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: tcp\n"
#define SAMPLE_FIRST_PORT 20000

struct sample {
    struct casefile *file;
    struct stage stage;
    struct trial trial;
};

/* The first variant of the text. The caller frees; a text that is no case ends the test. */
static inline struct sample *sample_new(const char *text)
{
    struct sample *sample = calloc(1, sizeof *sample);
    struct casefile *file = casefile_parse("cases/x.yaml", text, strlen(text), NULL, false);
    cr_assert_gt(file->variant_count, 0, "%s\n%s", text,
                 file->complaints.count > 0 ? file->complaints.first->message : "");
    struct trial *trial = &sample->trial;
    sample->file = file;
    trial->stage = &sample->stage;
    trial->variant = trial->judgement.variant = &file->variants[0];
    trial->arena = trial->judgement.arena = file->arena;
    trial->ports.first = trial->ports.server = SAMPLE_FIRST_PORT;
    trial->judgement.verdict = VERDICT_PASS;
    log_begin(&trial->judgement.log, report_new(), "x[inet]");
    sample->stage.shared = shared_new();
    for (int side = 0; side < SIDE_COUNT; side++) {
        const char *four = side == SIDE_CLIENT ? "::ffff:10.0.0.1" : "::ffff:10.0.0.2";
        const char *six = side == SIDE_CLIENT ? "fd00::1" : "fd00::2";
        inet_pton(AF_INET6, four, &sample->stage.address[side][0]);
        inet_pton(AF_INET6, six, &sample->stage.address[side][1]);
    }
    return sample;
}

static inline void sample_free(struct sample *sample)
{
    casefile_free(sample->file);
    free(sample);
}

/* What the log holds, NUL-terminated. */
static inline const char *sample_log(const struct sample *sample)
{
    return sample->trial.judgement.log.report->text;
}

#endif
