/* SPDX-License-Identifier: MIT */
/* Every file of fixtures/fuzz/corpus, what the fuzzer found worth keeping: each ends, soon, as
   variants or as complaints. */
#include "case/casefile.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <time.h>

#define CORPUS SOURCE_DIR "/fixtures/fuzz/corpus"

/* For one file; none takes a tenth of it, under sanitizers either. */
enum { SECONDS = 10, ROOM = 16384 };

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static size_t load(char *text, const char *name)
{
    char path[768];
    snprintf(path, sizeof path, "%s/%s", CORPUS, name);
    FILE *in = fopen(path, "r");
    cr_assert_not_null(in, "%s", path);
    size_t length = fread(text, 1, ROOM, in);
    cr_assert_lt(length, ROOM, "%s", path);
    fclose(in);
    return length;
}

static double processor_seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static bool has_sources(const struct variant *variant)
{
    bool has = true;
    for (size_t i = 0; i < variant->step_count; i++)
        has = has && variant->steps[i].source != NULL;
    return has;
}

/* What is wrong with the end that this input comes to, or NULL. */
static const char *fault_of(const char *name, FILE *nowhere)
{
    static char text[ROOM];
    size_t length = load(text, name);
    double begin = processor_seconds();
    struct casefile *file = casefile_parse("cases/fuzz/input.yaml", text, length, NULL, false);
    complaints_print(&file->complaints, nowhere);
    const char *fault = processor_seconds() - begin < SECONDS ? NULL : "takes too long";
    if ((file->variant_count == 0) != (file->complaints.count > 0))
        fault = "ends with neither variants nor complaints, or with both";
    for (size_t i = 0; i < file->variant_count; i++)
        fault = has_sources(&file->variants[i]) ? fault : "has a step without its source";
    casefile_free(file);
    return fault;
}

Test(fuzz_corpus, every_input_ends_as_variants_or_as_complaints)
{
    struct dirent **names = NULL;
    FILE *nowhere = fopen("/dev/null", "w");
    int count = scandir(CORPUS, &names, is_file, alphasort);
    cr_assert_geq(count, 100);
    for (int i = 0; i < count; i++) {
        const char *fault = fault_of(names[i]->d_name, nowhere);
        cr_expect_null(fault, "%s %s", names[i]->d_name, fault);
        free(names[i]);
    }
    free(names);
    fclose(nowhere);
}
