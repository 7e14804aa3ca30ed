/* SPDX-License-Identifier: MIT */
#include "observe/chain.h"

#include <criterion/criterion.h>
#include <string.h>

/* "xU" with U urgent, then "Ub". */
static const struct segment alike[] = {
    {.bytes = (const uint8_t *)"x", .size = 1, .paired = true, .next = 1},
    {.bytes = (const uint8_t *)"U", .size = 1, .urgent = true, .next = 2},
    {.bytes = (const uint8_t *)"Ub", .size = 2, .next = -1}};

static const struct spots start = {.at = {{-1, 0}}, .count = 1};

static struct walked walk(const struct spots *from, const char *text)
{
    return chain_walk(alike, 0, from, (const uint8_t *)text, strlen(text));
}

Test(chain, an_urgent_byte_is_in_the_stream_or_out_of_it)
{
    cr_assert(walk(&start, "xUUb").whole, "in line");
    cr_assert(walk(&start, "xUb").whole, "out of line");
    cr_assert_not(walk(&start, "xb").whole, "one that is not urgent is missing");
}

Test(chain, where_both_fit_the_receiver_stands_in_both_spots)
{
    struct walked half = walk(&start, "xU");
    cr_assert(half.whole);
    cr_assert_eq(half.spots.count, 2);
    cr_assert(walk(&half.spots, "b").whole);
    cr_assert(walk(&half.spots, "Ub").whole);
    cr_assert_not(walk(&half.spots, "UUb").whole);
}

Test(chain, what_differs_is_told_from_the_way_that_came_farthest)
{
    struct walked walked = walk(&start, "xUUc");
    cr_assert_not(walked.whole);
    cr_assert_eq(walked.agreed, 3);
    cr_assert_eq(walked.expected, 'b');
    walked = walk(&start, "xUUbb");
    cr_assert_eq(walked.agreed, 4);
    cr_assert_eq(walked.expected, -1, "nothing was sent there");
}

Test(chain, bytes_that_nobody_looked_at_lead_wherever_they_may)
{
    struct walked walked = chain_walk(alike, 0, &start, NULL, 3);
    cr_assert(walked.whole);
    cr_assert_eq(walked.spots.count, 2, "behind \"xUU\" and behind \"xUb\"");
    cr_assert_not(chain_walk(alike, 0, &start, NULL, 5).whole);
}

Test(chain, more_spots_than_there_is_room_for_are_told)
{
    struct segment many[12];
    for (int i = 0; i < 12; i++)
        many[i] = (struct segment){.bytes = (const uint8_t *)"U",
                                   .size = 1,
                                   .urgent = i < 6,
                                   .next = i == 11 ? -1 : i + 1};
    struct walked walked = chain_walk(many, 0, &start, (const uint8_t *)"UUUUUU", 6);
    cr_assert(walked.whole);
    cr_assert(walked.unclear);
}

Test(chain, a_pattern_that_lies_nowhere_is_walked)
{
    struct segment made = {.made = {7, 0}, .size = 20000, .next = -1};
    struct pattern pattern = {7, 0};
    static uint8_t bytes[20000];
    pattern_write(&pattern, bytes, sizeof bytes);
    cr_assert(chain_walk(&made, 0, &start, bytes, sizeof bytes).whole);
    bytes[12345] ^= 1;
    struct walked walked = chain_walk(&made, 0, &start, bytes, sizeof bytes);
    cr_assert_eq(walked.agreed, 12345);
    cr_assert_eq(walked.expected, bytes[12345] ^ 1);
}

Test(chain, the_next_byte_is_behind_what_is_used_up)
{
    struct spot spot = {0, 1};
    cr_assert(chain_next(alike, 0, &spot));
    cr_assert_eq(spot.segment, 1);
    spot = (struct spot){2, 2};
    cr_assert_not(chain_next(alike, 0, &spot));
    cr_assert_not(chain_next(alike, -1, &(struct spot){-1, 0}));
}

Test(chain, a_segment_that_ends_before_the_receivers_place_has_nothing_for_it)
{
    static const struct segment cut[] = {{.bytes = (const uint8_t *)"abcd", .size = 1, .next = 1},
                                         {.bytes = (const uint8_t *)"xy", .size = 2, .next = -1}};
    static const struct spots beyond = {.at = {{0, 3}}, .count = 1};
    cr_assert(chain_walk(cut, 0, &beyond, (const uint8_t *)"xy", 2).whole);
    cr_assert_not(chain_walk(cut, 0, &beyond, (const uint8_t *)"d", 1).whole);
    struct walked walked = chain_walk(cut, 0, &beyond, NULL, 3);
    cr_assert_not(walked.whole);
    cr_assert_eq(walked.agreed, 2);
}
