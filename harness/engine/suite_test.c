/* SPDX-License-Identifier: MIT */
#include "engine/suite.h"

#include "engine/sample.h"

#include <sys/stat.h>

static struct suite suite;
static struct config config = {.root = SOURCE_DIR, .stacks = {"linux", "lwip"}, .stack_count = 2};

static void end(void)
{
    suite_free(&suite);
}

static void begin(void)
{
    suite = sample_suite();
}

TestSuite(suite, .init = begin, .fini = end);

Test(suite, what_is_chosen_comes_in_the_order_of_the_choice)
{
    char *ids[] = {"one[inet6]", "two[inet]"};
    cr_assert_null(suite_select(&suite, &config, 2, ids));
    cr_assert_eq(suite.variant_count, 2);
    cr_assert_str_eq(suite.variants[0]->id, "one[inet6]");
    cr_assert_str_eq(suite.variants[1]->id, "two[inet]");
    cr_assert(suite_wants(&suite, 0, 0) && suite_wants(&suite, 0, 1));
}

Test(suite, a_choice_may_name_the_stack)
{
    char *ids[] = {"two[inet]@lwip", "one[inet]", "two[inet6]@lwip", "two[inet6]@linux"};
    cr_assert_null(suite_select(&suite, &config, 4, ids));
    cr_assert_eq(suite.variant_count, 3);
    cr_assert(!suite_wants(&suite, 0, 0) && suite_wants(&suite, 0, 1));
    cr_assert(suite_wants(&suite, 1, 0) && suite_wants(&suite, 1, 1));
    cr_assert(suite_wants(&suite, 2, 0) && suite_wants(&suite, 2, 1));
}

static void misses(char *id)
{
    struct suite other = sample_suite();
    char *ids[] = {"two[inet]", id};
    const char *missing = suite_select(&other, &config, 2, ids);
    cr_assert_not_null(missing, "%s", id);
    cr_assert_str_eq(missing, id);
    suite_free(&other);
}

Test(suite, what_there_is_not_is_named)
{
    misses("three[inet]");
    misses("two[ine");
    misses("two[inet]@usrsctp");
}

Test(suite, without_a_choice_every_stack_is_to_run_all)
{
    for (size_t i = 0; i < suite.variant_count; i++)
        cr_assert(suite_wants(&suite, i, 0) && suite_wants(&suite, i, 1));
}

Test(suite, files_are_loaded_by_name_below_a_folder)
{
    struct suite loaded;
    char folder[] = SOURCE_DIR "//cases/udp/bind";
    char *paths[] = {folder};
    cr_assert(suite_load(&loaded, &config, 1, paths));
    cr_assert_eq(loaded.error_count, 0);
    cr_assert_gt(loaded.file_count, 1);
    for (size_t i = 1; i < loaded.file_count; i++)
        cr_assert_lt(strcmp(loaded.files[i - 1]->path, loaded.files[i]->path), 0);
    cr_assert_null(strstr(loaded.files[0]->path, "//"));
    suite_free(&loaded);
}

/* As where a run was copied to: it is called as where it came from. */
Test(suite, files_may_be_read_elsewhere_than_where_they_are_called)
{
    struct suite loaded;
    struct config there = config;
    char name[] = "/nowhere/cases/tcp/one.yaml";
    char *paths[] = {name};
    there.below = sample_folder();
    static const char *const folders[] = {"nowhere", "nowhere/cases", "nowhere/cases/tcp"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", sample_path, folders[i]);
        cr_assert_eq(mkdir(path, 0700), 0);
    }
    sample_write("nowhere/cases/tcp/one.yaml", sample_texts[1][1]);
    cr_assert(suite_load(&loaded, &there, 1, paths));
    cr_assert_eq(loaded.error_count, 0);
    cr_assert_str_eq(loaded.variants[0]->id, "tcp/one[inet]");
    cr_assert_str_eq(loaded.files[0]->path, name);
    suite_free(&loaded);
    sample_remove();
}

Test(suite, one_file_may_have_any_name_and_its_errors_are_counted)
{
    struct suite loaded;
    sample_folder();
    sample_write("case", "title: Nothing else\n");
    char path[4096];
    char *paths[] = {path};
    snprintf(path, sizeof path, "%s/case", sample_path);
    cr_assert(suite_load(&loaded, &config, 1, paths));
    cr_assert(loaded.file_count == 1 && loaded.variant_count == 0);
    cr_assert_gt(loaded.error_count, 0);
    suite_free(&loaded);
    sample_remove();
}

Test(suite, a_path_or_a_catalogue_that_is_not_there_is_an_error)
{
    struct suite loaded;
    char nowhere[] = "/nonexistent/cases";
    char *paths[] = {nowhere};
    struct config elsewhere = config;
    elsewhere.root = "/nonexistent";
    cr_assert_not(suite_load(&loaded, &config, 1, paths));
    suite_free(&loaded);
    cr_assert_not(suite_load(&loaded, &elsewhere, 0, NULL));
    suite_free(&loaded);
}

Test(suite, a_link_is_followed_inside_of_the_folder_and_refused_where_it_leads_out)
{
    struct suite loaded;
    char *paths[] = {sample_path};
    char link[4096];
    sample_folder();
    sample_write("case.yaml", sample_texts[0][1]);
    snprintf(link, sizeof link, "%s/again.yaml", sample_path);
    cr_assert_eq(symlink("case.yaml", link), 0);
    cr_assert(suite_load(&loaded, &config, 1, paths));
    cr_assert(loaded.file_count == 2 && loaded.error_count == 0);
    suite_free(&loaded);
    snprintf(link, sizeof link, "%s/secret.yaml", sample_path);
    cr_assert_eq(symlink("/etc/passwd", link), 0);
    cr_assert_not(suite_load(&loaded, &config, 1, paths));
    cr_assert_eq(loaded.file_count, 0);
    suite_free(&loaded);
    sample_remove();
}
