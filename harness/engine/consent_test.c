/* SPDX-License-Identifier: MIT */
#include "engine/consent.h"

#include "case/casefile.h"
#include "engine/sample.h"

#define RUNS                                                                                       \
    "title: A program\ncites: [program/clean-error-or-intact]\nsubject: program\n"                 \
    "transport: tcp\nsetup: none\nsteps:\n  - client: {run: [sh]}\n"

static char root[64];

static void begin(void)
{
    char *made = NULL;
    snprintf(root, sizeof root, "%s", sample_folder());
    for (int i = 0; i < 3; i++) {
        static const char *const folders[] = {"cases", "cases-of-others", "fixtures"};
        cr_assert(asprintf(&made, "%s/%s", root, folders[i]) > 0 && mkdir(made, 0700) == 0);
        free(made);
    }
}

TestSuite(consent, .init = begin, .fini = sample_remove);

/* The path of a new file of the root. */
static const char *file_at(const char *name)
{
    static char path[128];
    sample_write(name, "");
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

Test(consent, the_suites_own_are_below_cases_and_fixtures)
{
    char path[128];
    cr_assert(consent_owns(root, file_at("cases/a.yaml")));
    cr_assert(consent_owns(root, file_at("fixtures/a.yaml")));
    cr_assert_not(consent_owns(root, file_at("a.yaml")));
    cr_assert_not(consent_owns(root, file_at("cases-of-others/a.yaml")));
    snprintf(path, sizeof path, "%s/cases/../a.yaml", root);
    cr_assert_not(consent_owns(root, path));
    snprintf(path, sizeof path, "%s/cases/none.yaml", root);
    cr_assert_not(consent_owns(root, path));
}

Test(consent, a_link_is_what_it_leads_to)
{
    char link[128];
    const char *target = file_at("a.yaml");
    snprintf(link, sizeof link, "%s/cases/link.yaml", root);
    cr_assert_eq(symlink(target, link), 0);
    cr_assert_not(consent_owns(root, link));
}

/* The code of the skip of a case at a path. */
static enum code asked(const char *path, const char *text, bool allowed, bool confined)
{
    struct config config = {.root = root, .allow_programs = allowed};
    struct casefile *file = casefile_parse(path, text, strlen(text), NULL, false);
    cr_assert_gt(file->variant_count, 0);
    struct skip skip = consent_skip(&config, &file->variants[0], confined);
    cr_assert_eq(skip.reason == NULL, skip.code == CODE_NONE);
    casefile_free(file);
    return skip.code;
}

Test(consent, programs_of_others_want_to_be_asked_for)
{
    cr_assert_eq(asked(file_at("a.yaml"), RUNS, false, true), CODE_PROGRAMS_NOT_ALLOWED);
    cr_assert_eq(asked(file_at("a.yaml"), RUNS, true, true), CODE_NONE);
    cr_assert_eq(asked(file_at("cases/a.yaml"), RUNS, false, true), CODE_NONE);
    cr_assert_eq(asked(file_at("a.yaml"), sample_texts[0][1], false, true), CODE_NONE);
}

Test(consent, commands_of_scripts_always_do)
{
    static const char script[] = "`true`\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n";
    cr_assert_eq(asked(file_at("cases/a.pkt"), script, true, true), CODE_COMMANDS_NOT_ALLOWED);
    cr_assert_eq(asked(file_at("cases/a.pkt"), strchr(script, '0'), false, true), CODE_NONE);
}

Test(consent, so_do_the_suites_own_where_nobody_is_confined)
{
    cr_assert_eq(asked(file_at("cases/a.yaml"), RUNS, false, false), CODE_PROGRAMS_NOT_ALLOWED);
    cr_assert_eq(asked(file_at("cases/a.yaml"), RUNS, true, false), CODE_NONE);
    cr_assert_eq(asked(file_at("cases/a.yaml"), sample_texts[0][1], false, false), CODE_NONE);
}
