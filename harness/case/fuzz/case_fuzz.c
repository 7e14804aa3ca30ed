/* SPDX-License-Identifier: MIT */
/*
 * The fuzz target of the case format: any text must end as variants or as complaints. How it is
 * run, and where its corpus lies: fixtures/fuzz/README.
 */
#include "case/casefile.h"

#include <stdio.h>
#include <stdlib.h>

/* One input of libFuzzer: size bytes, as the text of a case file. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Prints what the runner and the reports would read of a step. */
static void print_step(struct arena *arena, const struct step *step, FILE *out)
{
    fprintf(out, "%d %s %s %s\n", step->number, step->actor, step->verb->name, step->source);
    for (size_t i = 0; i < PARAM_MAX; i++)
        if (step->param[i] != NULL)
            fputs(node_print(arena, step->param[i]), out);
    for (size_t i = 0; i < MODIFIER_COUNT; i++)
        if (step->modifier[i] != NULL)
            fputs(node_print(arena, step->modifier[i]), out);
    for (size_t i = 0; i < EXPECT_COUNT; i++)
        if (step->expect[i] != NULL)
            fputs(node_print(arena, step->expect[i]), out);
}

static void print_variant(const struct variant *variant, FILE *out)
{
    struct arena *arena = variant->file->arena;
    fprintf(out, "%s %s %s\n", variant->id, variant->name,
            variant->skip.reason != NULL ? variant->skip.reason : "runs");
    for (size_t i = 0; i < variant->step_count; i++)
        print_step(arena, &variant->steps[i], out);
    for (size_t i = 0; i < variant->fault_count; i++)
        fprintf(out, "%s: %s\n", variant->faults[i].name,
                node_print(arena, variant->faults[i].action));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    if (nowhere == NULL && (nowhere = fopen("/dev/null", "w")) == NULL)
        abort();
    struct casefile *file =
        casefile_parse("cases/fuzz/input.yaml", (const char *)data, size, NULL, false);
    complaints_print(&file->complaints, nowhere);
    if ((file->variant_count == 0) != (file->complaints.count > 0))
        abort();
    for (size_t i = 0; i < file->variant_count; i++)
        print_variant(&file->variants[i], nowhere);
    casefile_free(file);
    return 0;
}
