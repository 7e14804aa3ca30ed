/* SPDX-License-Identifier: MIT */
/* Every file of fixtures/lint against the complaints written beside it. */
#include "case/casefile.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *slurp(const char *path)
{
    FILE *in = fopen(path, "r");
    cr_assert_not_null(in, "%s", path);
    char *text = calloc(1, 65536);
    cr_assert_lt(fread(text, 1, 65535, in), 65535);
    fclose(in);
    return text;
}

static char *complaints_of(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    struct casefile *file = casefile_load(path, NULL, false);
    FILE *out = open_memstream(&text, &size);
    complaints_print(&file->complaints, out);
    fclose(out);
    cr_assert(file->complaints.count == 0 || file->variant_count == 0);
    casefile_free(file);
    return text;
}

static int is_yaml(const struct dirent *entry)
{
    return strstr(entry->d_name, ".yaml") != NULL;
}

Test(lint, every_bad_file_draws_exactly_its_complaints)
{
    struct dirent **names = NULL;
    cr_assert_eq(chdir(SOURCE_DIR), 0);
    int count = scandir("fixtures/lint", &names, is_yaml, alphasort);
    cr_assert_geq(count, 25);
    for (int i = 0; i < count; i++) {
        char path[512];
        char expected_path[512];
        int stem = (int)strlen(names[i]->d_name) - 5;
        snprintf(path, sizeof path, "fixtures/lint/%.*s.yaml", stem, names[i]->d_name);
        snprintf(expected_path, sizeof expected_path, "fixtures/lint/%.*s.expected", stem,
                 names[i]->d_name);
        char *expected = slurp(expected_path);
        char *complaints = complaints_of(path);
        cr_expect_str_eq(complaints, expected, "%s draws:\n%s", path, complaints);
        free(expected);
        free(complaints);
        free(names[i]);
    }
    free(names);
}
