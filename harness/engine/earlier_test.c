/* SPDX-License-Identifier: MIT */
#include "engine/earlier.h"

#include "engine/sample.h"

#include <fcntl.h>

static struct suite suite;
static int folder;
static struct candidate host = {.name = "linux", .shown = "linux"};

static json_t *read_all(void)
{
    json_t *earlier = earlier_read(folder);
    cr_assert_not_null(earlier);
    return earlier;
}

static bool has(const json_t *earlier, int variant, int repeat, enum verdict *verdict)
{
    const struct ran ran = {&host, suite.variants[variant], repeat, true};
    return earlier_has(earlier, &ran, verdict);
}

static void begin(void)
{
    suite = sample_suite();
    folder = open(sample_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(folder, 0);
}

TestSuite(earlier, .init = begin, .fini = sample_remove);

Test(earlier, a_result_is_of_one_variant_and_repeat_and_stack)
{
    enum verdict verdict = VERDICT_PASS;
    char line[512];
    snprintf(line, sizeof line,
             "{\"id\":\"%s\",\"stack\":\"linux\",\"verdict\":\"known\",\"repeat\":1}\n"
             "{\"id\":\"%s\",\"stack\":\"lwip\",\"verdict\":\"pass\",\"repeat\":0}\n",
             suite.variants[0]->id, suite.variants[0]->id);
    sample_write("results.jsonl", line);
    json_t *earlier = read_all();
    cr_assert(has(earlier, 0, 1, &verdict));
    cr_assert_eq(verdict, VERDICT_KNOWN);
    cr_assert_not(has(earlier, 0, 0, &verdict));
    cr_assert_not(has(earlier, 1, 1, &verdict));
    json_decref(earlier);
}

Test(earlier, a_torn_line_and_one_that_was_not_run_are_none)
{
    enum verdict verdict = VERDICT_PASS;
    char line[512];
    snprintf(line, sizeof line,
             "{\"id\":\"%s\",\"stack\":\"linux\",\"verdict\":\"not-run\",\"repeat\":0}\n"
             "no line of ours\n"
             "{\"id\":\"%s\",\"stack\":\"linux\",\"verdict\":\"pass\",\"repeat\":0}",
             suite.variants[0]->id, suite.variants[1]->id);
    sample_write("results.jsonl", line);
    json_t *earlier = read_all();
    cr_assert_not(has(earlier, 0, 0, &verdict));
    cr_assert_not(has(earlier, 1, 0, &verdict));
    json_decref(earlier);
}

Test(earlier, without_results_there_are_none)
{
    json_t *earlier = read_all();
    cr_assert_eq(json_object_size(earlier), 0);
    json_decref(earlier);
}
