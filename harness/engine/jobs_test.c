/* SPDX-License-Identifier: MIT */
#include "engine/jobs.h"

#include "engine/sample.h"

static struct suite suite;
static struct jobs jobs;

/* Each variant on the wire on candidate 0, and on loopback on candidate 1. */
static void begin(void)
{
    suite = sample_suite();
    jobs_open(&jobs, &suite, 8);
    for (int i = 0; i < 4; i++)
        jobs_add(&jobs, (struct job){.candidate = 0, .variant = i, .on_wire = true});
    for (int i = 0; i < 4; i++)
        jobs_add(&jobs, (struct job){.candidate = 1, .variant = i});
}

static void end(void)
{
    jobs_free(&jobs);
    suite_free(&suite);
}

TestSuite(jobs, .init = begin, .fini = end);

Test(jobs, each_is_given_out_once_to_its_candidate_and_place)
{
    for (int i = 0; i < 4; i++) {
        const struct job *job = jobs_next(&jobs, 0, true);
        cr_assert_not_null(job);
        cr_assert(job->variant == i && job->candidate == 0);
    }
    cr_assert_null(jobs_next(&jobs, 0, true));
    cr_assert_null(jobs_next(&jobs, 0, false));
    cr_assert_null(jobs_next(&jobs, 1, true));
    cr_assert_not_null(jobs_next(&jobs, 1, false));
}

Test(jobs, one_that_is_put_back_comes_again_before_the_others)
{
    struct job *first = jobs_next(&jobs, 0, true);
    cr_assert_neq(jobs_next(&jobs, 0, true), first);
    jobs_put_back(&jobs, first);
    cr_assert_eq(jobs_next(&jobs, 0, true), first);
    cr_assert_eq(jobs_next(&jobs, 0, true)->variant, 2);
}

Test(jobs, what_is_done_or_in_a_guest_is_not_given_out)
{
    jobs.all[0].done = true;
    jobs.all[1].in_guest = true;
    cr_assert_eq(jobs_waiting(&jobs, true), 2);
    cr_assert_eq(jobs_next(&jobs, 0, true)->variant, 2);
    cr_assert_eq(jobs_next_anywhere(&jobs, true)->variant, 3);
    cr_assert_null(jobs_next_anywhere(&jobs, true));
    cr_assert_eq(jobs_next_anywhere(&jobs, false)->candidate, 1);
}

Test(jobs, some_are_left_until_all_are_done)
{
    for (int i = 0; i < 4; i++) {
        cr_assert(jobs_left(&jobs, 0));
        jobs.all[i].done = true;
    }
    cr_assert_not(jobs_left(&jobs, 0));
    cr_assert(jobs_left(&jobs, 1));
}

Test(jobs, a_result_finds_its_job_once)
{
    json_t *result = json_pack("{s:s, s:i}", "id", "one[inet6]", "repeat", 0);
    json_t *other = json_pack("{s:s, s:i}", "id", "one[inet6]", "repeat", 1);
    struct job *job = jobs_find(&jobs, 1, result);
    cr_assert_eq(job, &jobs.all[7]);
    cr_assert_null(jobs_find(&jobs, 1, other));
    cr_assert_null(jobs_find(&jobs, 1, NULL));
    job->done = true;
    cr_assert_null(jobs_find(&jobs, 1, result));
    json_decref(result);
    json_decref(other);
}

Test(jobs, a_selection_names_each_file_and_variant_that_is_left)
{
    jobs.all[1].done = true;
    jobs.all[3].repeat = 1; /* a guest repeats by itself */
    char *text = jobs_selection(&jobs, 0);
    cr_assert_str_eq(text, "@cases/two.yaml\ntwo[inet]\n@cases/one.yaml\none[inet]\n");
    free(text);
}
