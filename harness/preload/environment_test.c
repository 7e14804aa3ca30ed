/* SPDX-License-Identifier: MIT */
#include "preload/environment.h"

#include "preload/control.h"
#include "preload/guard.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char us[] = "/tmp/environment_test.XXXXXX";
static int object;

static void setup(void)
{
    int fd = mkstemp(us);
    object = handover_lend(fd, fcntl);
    const struct handover handover = {.control = 1000, .object = object, .path = "/there"};
    close(fd);
    environment_open(us);
    guard_open(&handover);
}

static void teardown(void)
{
    unlink(us);
}

TestSuite(environment, .init = setup, .fini = teardown, .timeout = 10);

/* What becomes of an environment; the caller frees nothing. */
static char *const *made(char *const *envp)
{
    char **words = calloc(environment_words(envp), sizeof *words);
    return environment_make(envp, words, malloc(environment_bytes(envp)));
}

static void says(char *const *envp, const char *name, const char *wanted)
{
    const char *value = environment_value(envp, name);
    cr_assert_not_null(value, "%s", name);
    cr_assert_str_eq(value, wanted);
}

Test(environment, we_are_put_into_one_that_lost_us)
{
    char *const bare[] = {"A=1", "LD_PRELOADED=x", NULL};
    char handed[64];
    snprintf(handed, sizeof handed, "1000:%d:/there", object);
    char *const *out = made(bare);
    says(out, "A", "1");
    says(out, "LD_PRELOADED", "x");
    says(out, "LD_PRELOAD", us);
    says(out, CONTROL_VARIABLE, handed);
    cr_assert(environment_has_us(out));
    cr_assert_not(environment_has_us(bare));
    cr_assert_eq(made(out), out, "nothing is to be done");
    cr_assert(environment_has_us(made(NULL)));
}

Test(environment, what_is_preloaded_besides_stays_behind_us)
{
    char *const other[] = {"LD_PRELOAD=/a.so /b.so", CONTROL_VARIABLE "=wrong", NULL};
    char list[sizeof us + 32];
    snprintf(list, sizeof list, "%s:/a.so:/b.so", us);
    char *const *out = made(other);
    says(out, "LD_PRELOAD", list);
    cr_assert_null(out[2], "each stands there once");
}

Test(environment, a_name_that_begins_like_ours_is_another)
{
    char longer[sizeof us + 32];
    snprintf(longer, sizeof longer, "LD_PRELOAD=%s.other", us);
    char *const other[] = {longer, CONTROL_VARIABLE "=x", NULL};
    cr_assert_not(environment_has_us(other));
}

Test(environment, where_our_path_is_not_the_descriptor_is)
{
    char name[64], *const bare[] = {NULL};
    unlink(us);
    snprintf(name, sizeof name, "/proc/self/fd/%d", object);
    char *const *out = made(bare);
    says(out, "LD_PRELOAD", name);
    cr_assert(environment_has_us(out) && environment_reaches_us());
    char list[sizeof us + 32];
    snprintf(list, sizeof list, "LD_PRELOAD=%s", us);
    char *const stale[] = {list, NULL};
    says(made(stale), "LD_PRELOAD", name);
}

Test(environment, where_nothing_of_us_is_it_stays_as_it_is)
{
    char *const bare[] = {"A=1", NULL};
    char list[sizeof us + 32];
    snprintf(list, sizeof list, "LD_PRELOAD=%s:/a.so", us);
    char *const stale[] = {list, CONTROL_VARIABLE "=x", NULL};
    unlink(us);
    close(object);
    cr_assert_not(environment_reaches_us());
    cr_assert_eq(made(bare), bare);
    says(made(stale), "LD_PRELOAD", "/a.so");
    cr_assert_null(environment_value(made(stale), CONTROL_VARIABLE));
}
