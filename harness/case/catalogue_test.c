/* SPDX-License-Identifier: MIT */
#include "case/catalogue.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    fputs(text, out);
    fclose(out);
}

static void remove_folder(const char *folder)
{
    char path[256];
    snprintf(path, sizeof path, "%s/a.yaml", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/b.yaml", folder);
    unlink(path);
    rmdir(folder);
}

/* Loads a catalogue of two files; *errors receives what was printed. */
static struct catalogue *two_files(const char *a, const char *b, char **errors)
{
    char folder[] = "/tmp/sockproof-catalogue-XXXXXX";
    size_t size = 0;
    cr_assert_not_null(mkdtemp(folder));
    write_file(folder, "a.yaml", a);
    write_file(folder, "b.yaml", b);
    FILE *out = open_memstream(errors, &size);
    struct catalogue *catalogue = catalogue_load(folder, out);
    fclose(out);
    remove_folder(folder);
    return catalogue;
}

#define ENTRY(id) "- {id: " id ", level: must, section: \"1\", summary: \"It works.\"}\n"

Test(catalogue, finds_and_sorts)
{
    char *errors = NULL;
    size_t count = 0;
    struct catalogue *catalogue = two_files(ENTRY("x/b") ENTRY("x/a"), ENTRY("a/z"), &errors);
    cr_assert_str_eq(errors, "");
    const struct requirement *const *all = catalogue_all(catalogue, &count);
    cr_assert_eq(count, 3);
    cr_assert_str_eq(all[0]->id, "a/z");
    cr_assert_str_eq(all[2]->id, "x/b");
    cr_assert_str_eq(catalogue_find(catalogue, "x/a")->summary, "It works.");
    cr_assert_null(catalogue_find(catalogue, "x/c"));
    catalogue_free(catalogue);
    catalogue_free(NULL);
    free(errors);
}

Test(catalogue, an_id_stands_once)
{
    char *errors = NULL;
    struct catalogue *catalogue = two_files(ENTRY("x/a"), ENTRY("x/b") ENTRY("x/a"), &errors);
    cr_assert_null(catalogue);
    cr_assert_not_null(strstr(errors, "b.yaml:2:3: error[duplicate-id]: the requirement 'x/a' "
                                      "stands twice"));
    cr_assert_not_null(strstr(errors, "a.yaml:1 already"));
    free(errors);
}

Test(catalogue, bad_entries)
{
    char *errors = NULL;
    cr_assert_null(two_files("- {id: x, level: must}\n", "just: text\n", &errors));
    cr_assert_not_null(strstr(errors, "a requirement needs the key 'summary'"));
    cr_assert_not_null(strstr(errors, "a catalogue is a list of requirements"));
    free(errors);
}

Test(catalogue, of_this_repository_loads)
{
    size_t count = 0;
    struct catalogue *catalogue = catalogue_load(SOURCE_DIR "/fixtures/catalogue", stderr);
    cr_assert_not_null(catalogue);
    catalogue_all(catalogue, &count);
    cr_assert_gt(count, 500);
    cr_assert_str_eq(catalogue_suggest(catalogue, "posix/recv/ECONNRESTE"),
                     "posix/recv/ECONNRESET");
    catalogue_free(catalogue);
}

Test(catalogue, no_folder)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    cr_assert_null(catalogue_load("/no/such/folder", out));
    fclose(out);
    cr_assert_not_null(strstr(text, "error[unreadable]"));
    free(text);
}
