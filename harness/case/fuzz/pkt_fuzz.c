/* SPDX-License-Identifier: MIT */
/*
 * The fuzz target of packetdrill's scripts: any text must end as variants, skipped or not, or as
 * complaints; and what its codes say must come to something. How it is run, and where its corpus
 * lies: fixtures/fuzz/README.
 */
#include "case/casefile.h"
#include "case/pktcode.h"

#include <stdio.h>
#include <stdlib.h>

/* One input of libFuzzer: size bytes, as the text of a script. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pktnumber any_value(void *context, const char *name)
{
    (void)context;
    return pktnumber_whole((unsigned char)*name);
}

static void run_codes(const struct casefile *file, FILE *out)
{
    const struct pktterm_names names = {NULL, any_value};
    for (const struct pkt_event *one = file->script->events; one != NULL; one = one->next) {
        fputs(one->source, out);
        if (one->code == NULL)
            continue;
        struct pktcode_result result = pktcode_run(one->code, &names, file->arena);
        if (result.verdict != PKTCODE_HOLDS)
            fprintf(out, "%s: %s\n", result.said, result.names);
    }
}

static void print_variant(const struct variant *variant, FILE *out)
{
    fprintf(out, "%s %s\n", variant->id,
            variant->skip.reason != NULL ? variant->skip.reason : "runs");
    for (size_t i = 0; i < variant->step_count; i++)
        fprintf(out, "%d %s %s\n", variant->steps[i].number, variant->steps[i].verb->name,
                variant->steps[i].source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    if (nowhere == NULL && (nowhere = fopen("/dev/null", "w")) == NULL)
        abort();
    struct casefile *file = casefile_parse("input.pkt", (const char *)data, size, NULL, false);
    complaints_print(&file->complaints, nowhere);
    if ((file->variant_count == 0) != (file->complaints.count > 0))
        abort();
    run_codes(file, nowhere);
    for (size_t i = 0; i < file->variant_count; i++)
        print_variant(&file->variants[i], nowhere);
    casefile_free(file);
    return 0;
}
