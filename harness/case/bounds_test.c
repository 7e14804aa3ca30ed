/* SPDX-License-Identifier: MIT */
/* Files that no person writes, as large as they may be: each ends soon, with a complaint. */
#include "case/casefile.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HEAD "title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: tcp\n"
#define THOUSAND                                                                                   \
    "variants: {a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], b: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "          \
    "c: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}\n"

/* Far above what is needed (a second or two), far below what any of these took without bounds. */
enum { SECONDS = 25 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct casefile *parsed(const char *text, size_t length)
{
    double begin = now();
    struct casefile *file = casefile_parse("cases/x.yaml", text, length, NULL, false);
    cr_assert_lt(now() - begin, SECONDS);
    cr_assert_eq(file->variant_count == 0, file->complaints.count > 0);
    return file;
}

/* head, count times part, tail: parsed, and the code of the first complaint compared. */
static void draws(const char *code, const char *head, size_t count, const char *part,
                  const char *tail)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    fputs(head, out);
    for (size_t i = 0; i < count; i++)
        fputs(part, out);
    fputs(tail, out);
    fclose(out);
    struct casefile *file = parsed(text, length);
    if (code == NULL)
        cr_assert_eq(file->complaints.count, 0);
    else
        cr_assert_str_eq(code_word(file->complaints.first->code), code, "%s",
                         file->complaints.first->message);
    casefile_free(file);
    free(text);
}

Test(bounds, steps)
{
    draws(NULL, HEAD "steps:\n", 1000, "  - client: {send: x}\n", "");
    draws("too-large", HEAD "steps:\n", 30000, "  - client: {send: x}\n", "");
}

Test(bounds, steps_of_all_variants)
{
    const char *three = "  - client: {recv: $a}\n  - client: {recv: $b}\n  - client: {recv: $c}\n";
    draws(NULL, HEAD THOUSAND "steps:\n", 10, three, "");
    draws("too-large", HEAD THOUSAND "steps:\n", 300, three, "");
}

Test(bounds, a_large_parameter_in_many_places)
{
    char *head = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&head, &length);
    fputs(HEAD "variants: {a: [[", out);
    for (int i = 0; i < 4000; i++)
        fputs("MSG_PEEK, ", out);
    fputs("MSG_PEEK]]}\nsteps:\n", out);
    fclose(out);
    draws("too-large", head, 900, "  - client: {recv: {len: 1, flags: $a}}\n", "");
    free(head);
}

Test(bounds, a_large_text_in_every_variant)
{
    draws("too-large",
          HEAD THOUSAND "steps:\n  - client: {recv: $a}\n  - client: {recv: $b}\n"
                        "  - client: {recv: $c}\n  - client: {send: \"",
          3900000, "x", "\"}\n");
}

Test(bounds, blanks_in_every_variant)
{
    draws("too-large",
          HEAD THOUSAND "steps:\n  - client: {recv: $a}\n  - client: {recv: $b}\n"
                        "  - client: {recv: $c}\n",
          3900000, "\n", "");
}

Test(bounds, citations)
{
    draws("too-large", "title: A case\ntransport: tcp\ncites: [", 4000, "a/b, ",
          "a/c]\nsteps:\n  - client: {send: x}\n");
}

Test(bounds, depth_and_members)
{
    draws("too-deep", "", 4000000, "[", "");
    draws("too-deep", "", 100000, "{a: ", "");
    draws("duplicate-key", "{", 1000000, "a, ", "}");
    draws("too-large", HEAD "steps: [", 250000, "a, ", "a]\n");
}

Test(bounds, a_title_and_what_is_wrong_many_times)
{
    const char *rest =
        "\ncites: [posix/recv/ECONNRESET]\ntransport: tcp\nsteps: [client: {send: x}]\n";
    draws(NULL, "title: ", 500, "\xc3\xa4", rest);
    draws("bad-value", "title: ", 501, "\xc3\xa4", rest);
    draws("bad-value", "title: ", 1000000, "x", rest);
    draws("unknown-constant", HEAD "steps:\n  - client: {recv: {len: 1, flags: [", 190000,
          "MSG_X, ", "]}}\n");
}

Test(bounds, complaints_show_no_control_bytes)
{
    const char *text = HEAD "\"a\\e[31m\": 1\nsteps:\n  - client: {send: x}\n";
    struct casefile *file = parsed(text, strlen(text));
    cr_assert_str_eq(file->complaints.first->message, "'a?[31m' is not a key of a case");
    casefile_free(file);
}

Test(bounds, text_is_copied_and_may_end_without_a_line)
{
    char text[] = HEAD "family: inet\nsteps: [{client: {send: x}}]";
    struct casefile *file = parsed(text, strlen(text));
    memset(text, '?', sizeof text);
    cr_assert_eq(file->complaints.count, 0);
    cr_assert_str_eq(file->id, "x");
    cr_assert_str_eq(file->variants[0].steps[0].source, "client: {send: x}");
    casefile_free(file);
    file = parsed("", 0);
    cr_assert_str_eq(code_word(file->complaints.first->code), "empty");
    casefile_free(file);
}

/* A long pattern lies nowhere on its way into a stream; elsewhere it does as a whole. */
Test(bounds, memory)
{
    static const char long_one[] = "  - client: {send_all: {pattern: 281474976710657}}\n";
    static const char udp[] = "title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: udp\n";
    draws(NULL, HEAD "steps:\n", 1, long_one, "");
    draws("too-large", udp, 1, "steps:\n", long_one);
    draws("too-large", HEAD "clients: 2\nsteps:\n", 1,
          "  - clients: {send_all: {pattern: 281474976710657}}\n", "");
}
