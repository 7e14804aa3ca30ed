/* SPDX-License-Identifier: MIT */
#include "trial/reference.h"

#include "trial/sample.h"

static const char *given(void *context, const char *name)
{
    return strcmp(name, "server_port") == 0 ? context : NULL;
}

static struct sample *sample_with(const char *port)
{
    char text[512];
    snprintf(text, sizeof text,
             SAMPLE_HEAD "steps:\n  - client: {getsockname: sock, save: {port: own}}\n"
                         "  - client: {connect: {host: server, port: %s}, errno: EISCONN}\n"
                         "  - client: {recv: $own}\n",
             port);
    return sample_new(text);
}

static const struct step *filled(struct sample *sample)
{
    return reference_filled(&sample->trial.judgement, &sample->trial.variant->steps[1], given,
                            (void *)"20000");
}

Test(reference, a_saved_value)
{
    struct sample *sample = sample_with("$own");
    struct judgement *judgement = &sample->trial.judgement;
    judgement->saved[judgement->saved_count++] = (struct saved){"own", "20007"};
    cr_assert_str_eq(node_get(filled(sample)->param[0], "port")->text, "20007");
    cr_assert(judgement_good(judgement));
    cr_assert_str_eq(node_get(sample->trial.variant->steps[1].param[0], "port")->text, "$own",
                     "the case stays as it was");
    sample_free(sample);
}

Test(reference, what_the_harness_gives_a_name_to)
{
    struct sample *sample = sample_with("$server_port");
    cr_assert_str_eq(node_get(filled(sample)->param[0], "port")->text, "20000");
    sample_free(sample);
}

Test(reference, what_nobody_saved_breaks_the_case)
{
    struct sample *sample = sample_with("$own");
    filled(sample);
    cr_assert_eq(sample->trial.judgement.failure.code, CODE_NO_VALUE);
    sample_free(sample);
}
