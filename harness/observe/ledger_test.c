/* SPDX-License-Identifier: MIT */
#include "observe/ledger.h"

#include <criterion/criterion.h>
#include <string.h>

static struct ledger *ledger;

static void begin(void)
{
    ledger = ledger_new();
}

static void end(void)
{
    ledger_free(ledger);
}

TestSuite(ledger, .init = begin, .fini = end);

static void send_bytes(const char *text)
{
    int number = ledger_sending(ledger, 1, text, strlen(text), false);
    ledger_sent(ledger, number, strlen(text));
}

static struct divergence receive(const char *text)
{
    return ledger_received(ledger, 1, (const uint8_t *)text, strlen(text), false);
}

static json_int_t figure(json_t *object, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(object, key));
    json_decref(object);
    return value;
}

Test(ledger, a_stream_carries_what_some_send_has_begun)
{
    cr_assert_not(ledger_carries(ledger, 1));
    ledger_excuse(ledger, 1, "so");
    cr_assert_not(ledger_carries(ledger, 1));
    send_bytes("a");
    cr_assert(ledger_carries(ledger, 1));
    cr_assert_not(ledger_carries(ledger, 3));
}

Test(ledger, a_stream_may_come_out_in_other_pieces)
{
    send_bytes("abc");
    send_bytes("defg");
    cr_assert_not(receive("ab").diverged);
    cr_assert_not(receive("cdefg").diverged);
    cr_assert_eq(figure(ledger_delivery(ledger, false), "lost"), 0);
    cr_assert_eq(figure(ledger_delivery(ledger, false), "received"), 7);
}

Test(ledger, swapped_bytes_are_found_with_their_offset)
{
    send_bytes("abcdef");
    struct divergence found = receive("abdcef");
    cr_assert(found.diverged);
    cr_assert_eq(found.offset, 2);
    cr_assert_eq(found.expected, 'c');
    cr_assert_eq(found.observed, 'd');
    json_t *ordering = ledger_ordering(ledger, false);
    cr_assert(json_is_false(json_object_get(ordering, "exact")));
    json_decref(ordering);
}

Test(ledger, doubled_and_lost_bytes_are_found)
{
    send_bytes("abc");
    cr_assert_not(receive("abc").diverged);
    struct divergence found = receive("c");
    cr_assert(found.diverged);
    cr_assert_eq(found.expected, -1);
    cr_assert_eq(figure(ledger_delivery(ledger, false), "duplicated"), 1);
    send_bytes("defg");
    cr_assert(receive("efg").diverged, "a lost byte shifts the rest");
}

Test(ledger, a_peek_leaves_the_stream_where_it_is)
{
    send_bytes("abc");
    cr_assert_not(ledger_received(ledger, 1, (const uint8_t *)"ab", 2, true).diverged);
    cr_assert_not(receive("abc").diverged);
}

Test(ledger, skipped_bytes_move_the_stream_on)
{
    send_bytes("abc");
    send_bytes("def");
    ledger_skipped(ledger, 1, 4);
    cr_assert_not(receive("ef").diverged);
    cr_assert_eq(figure(ledger_delivery(ledger, false), "received"), 6);
}

Test(ledger, only_accepted_bytes_are_outstanding)
{
    int number = ledger_sending(ledger, 1, "abcdef", 6, false);
    cr_assert_eq(ledger_outstanding(ledger, 1), 6, "an open send may have got all of it out");
    ledger_sent(ledger, number, 4);
    cr_assert_eq(ledger_outstanding(ledger, 1), 4);
    cr_assert_not(receive("abc").diverged);
    cr_assert_eq(ledger_outstanding(ledger, 1), 1);
    cr_assert_eq(figure(ledger_delivery(ledger, false), "lost"), 1);
}

/* The receiver has read more of a send than that says, at its end, that it took. */
static void deliver_more_than_is_told(size_t told)
{
    int number = ledger_sending(ledger, 1, "abcdef", 6, false);
    cr_assert_not(receive("abcd").diverged);
    ledger_sent(ledger, number, told);
}

Test(ledger, what_comes_of_a_send_that_told_less_was_not_sent)
{
    deliver_more_than_is_told(2);
    struct divergence found = receive("ef");
    cr_assert(found.diverged);
    cr_assert_eq(found.offset, 4);
    cr_assert_eq(found.expected, -1);
}

Test(ledger, what_comes_of_a_send_that_failed_was_not_sent)
{
    deliver_more_than_is_told(0);
    cr_assert(receive("ef").diverged);
}

Test(ledger, behind_a_send_that_told_less_the_next_one_follows)
{
    deliver_more_than_is_told(2);
    cr_assert_eq(ledger_outstanding(ledger, 1), 0);
    send_bytes("xyz");
    cr_assert_eq(ledger_outstanding(ledger, 1), 3);
    cr_assert_not(receive("xyz").diverged);
}

Test(ledger, an_urgent_send_may_tell_less_too)
{
    int number = ledger_sending(ledger, 1, "abcU", 4, true);
    cr_assert_not(receive("abc").diverged);
    ledger_sent(ledger, number, 2);
    send_bytes("z");
    cr_assert_not(receive("z").diverged);
    cr_assert(receive("c").diverged);
}

Test(ledger, an_urgent_byte_may_stand_out_of_the_stream)
{
    int number = ledger_sending(ledger, 1, "abU", 3, true);
    ledger_sent(ledger, number, 3);
    send_bytes("cd");
    cr_assert_not(receive("ab").diverged);
    cr_assert_not(receive("cd").diverged);
}

static struct divergence peek(const char *text)
{
    return ledger_received(ledger, 1, (const uint8_t *)text, strlen(text), true);
}

Test(ledger, peeks_move_on_from_where_they_begin)
{
    send_bytes("aabbccddee");
    ledger_peek_from(ledger, 1, 2);
    cr_assert_not(peek("bb").diverged);
    cr_assert_not(peek("cc").diverged);
    struct divergence found = peek("cc");
    cr_assert(found.diverged, "a peek that does not move on is noticed");
    cr_assert_eq(found.offset, 6);
    ledger_peek_from(ledger, 1, 4);
    cr_assert_not(receive("aa").diverged);
    cr_assert_not(peek("cc").diverged, "a read moves it back");
    ledger_peek_from(ledger, 1, LEDGER_PEEK_OFF);
    cr_assert_not(peek("bb").diverged);
    cr_assert_not(peek("bb").diverged);
}

Test(ledger, peeks_that_may_stand_anywhere_are_not_judged)
{
    send_bytes("aabb");
    ledger_peek_from(ledger, 1, LEDGER_PEEK_UNKNOWN);
    cr_assert(peek("bb").diverged, "none was asked for");
    ledger_peek_from(ledger, 1, 0);
    ledger_peek_from(ledger, 1, LEDGER_PEEK_UNKNOWN);
    cr_assert_not(peek("bb").diverged);
    cr_assert_not_null(peek("bb").excuse);
    cr_assert(receive("bb").diverged, "what is taken is judged");
}

Test(ledger, an_urgent_byte_like_the_next_one_may_be_either)
{
    int number = ledger_sending(ledger, 1, "xU", 2, true);
    ledger_sent(ledger, number, 2);
    send_bytes("Ub");
    cr_assert_not(receive("xU").diverged);
    cr_assert_not(receive("b").diverged);
    cr_assert(receive("b").diverged, "and once");
}

Test(ledger, of_a_part_of_an_urgent_send_the_last_byte_is_the_urgent_one)
{
    int number = ledger_sending(ledger, 1, "abcU", 4, true);
    ledger_sent(ledger, number, 2);
    send_bytes("z");
    cr_assert_not(receive("az").diverged);
    cr_assert_not(ledger_urgent(ledger, 1, 'b').diverged);
    cr_assert(ledger_urgent(ledger, 1, 'U').diverged);
}

Test(ledger, a_byte_out_of_band_is_one_that_was_sent_so)
{
    cr_assert(ledger_urgent(ledger, 1, 'U').diverged);
    int number = ledger_sending(ledger, 1, "U", 1, true);
    ledger_sent(ledger, number, 1);
    cr_assert_not(ledger_urgent(ledger, 1, 'U').diverged);
    cr_assert(ledger_urgent(ledger, 1, 'V').diverged);
}

Test(ledger, with_an_excuse_it_follows_as_far_as_it_can_and_says_why_no_further)
{
    send_bytes("abc");
    ledger_excuse(ledger, 1, "a reason");
    cr_assert_null(receive("ab").excuse);
    json_t *delivery = ledger_delivery(ledger, false);
    cr_assert_null(json_object_get(delivery, "stood_back"));
    json_decref(delivery);
    struct divergence found = receive("x");
    cr_assert_not(found.diverged);
    cr_assert_str_eq(found.excuse, "a reason");
    cr_assert_not(receive("yz").diverged);
    delivery = ledger_delivery(ledger, false);
    cr_assert_str_eq(json_string_value(json_object_get(delivery, "stood_back")), "a reason");
    json_decref(delivery);
    json_t *ordering = ledger_ordering(ledger, false);
    cr_assert_null(json_object_get(ordering, "exact"));
    json_decref(ordering);
}

Test(ledger, an_excuse_of_one_stream_is_none_of_another)
{
    ledger_excuse(ledger, 2, "a reason");
    cr_assert(receive("x").diverged);
    ledger_excuse(ledger, 0, "of all");
    cr_assert_str_eq(ledger_received(ledger, 3, (const uint8_t *)"x", 1, false).excuse, "of all");
}

Test(ledger, a_new_connection_begins_anew)
{
    send_bytes("old");
    ledger_joined(ledger, 1);
    send_bytes("new");
    cr_assert_eq(ledger_outstanding(ledger, 1), 3);
    cr_assert_not(receive("new").diverged);
}

static void send_messages(int count)
{
    static const char *const texts[] = {"zero", "one", "two", "three"};
    for (int i = 0; i < count; i++)
        cr_assert_eq(ledger_message_sent(ledger, 0, -1, texts[i], strlen(texts[i])), i);
}

static struct message_part whole(const char *text)
{
    size_t size = strlen(text);
    return (struct message_part){(const uint8_t *)text, size, size, size};
}

static int64_t message(const char *text)
{
    return ledger_message_received(ledger, 1, whole(text));
}

Test(ledger, messages_are_known_by_their_bytes)
{
    send_messages(4);
    cr_assert_eq(message("zero"), 0);
    cr_assert_eq(message("two"), 2);
    cr_assert_eq(message("one"), 1);
    cr_assert_eq(message("one"), 1);
    cr_assert_eq(message("onf"), -1);
    cr_assert_eq(figure(ledger_delivery(ledger, true), "lost"), 1);
    cr_assert_eq(figure(ledger_delivery(ledger, true), "duplicated"), 1);
    cr_assert_eq(figure(ledger_delivery(ledger, true), "corrupted"), 1);
    cr_assert_eq(figure(ledger_ordering(ledger, true), "max_loss_run"), 1);
}

/* What is left of a message where its receiver had room for so much alone. */
static struct message_part left(const char *text, size_t whole_size)
{
    size_t size = strlen(text);
    return (struct message_part){(const uint8_t *)text, size, whole_size > 0 ? whole_size : size,
                                 whole_size > 0 ? whole_size : SIZE_MAX};
}

Test(ledger, a_message_that_was_cut_is_known_by_what_is_left_of_it)
{
    ledger_message_sent(ledger, 0, -1, "abcdef", 6);
    ledger_message_sent(ledger, 0, -1, "abc", 3);
    ledger_message_sent(ledger, 0, -1, "x", 1);
    cr_expect_eq(ledger_message_received(ledger, 1, left("abc", 0)), 1, "what fits is it");
    cr_expect_eq(ledger_message_received(ledger, 1, left("abc", 0)), 0);
    cr_expect_eq(ledger_message_received(ledger, 1, left("", 1)), 2);
    cr_expect_eq(ledger_message_received(ledger, 1, left("ab", 5)), -1, "none was that long");
    cr_expect_eq(ledger_message_received(ledger, 1, left("b", 0)), -1);
    json_t *delivery = ledger_delivery(ledger, true);
    cr_expect_eq(json_integer_value(json_object_get(delivery, "lost")), 0);
    cr_expect_eq(json_integer_value(json_object_get(delivery, "corrupted")), 2);
    json_decref(delivery);
}

Test(ledger, a_look_at_a_message_is_no_arrival)
{
    ledger_message_sent(ledger, 0, -1, "abc", 3);
    cr_expect_eq(ledger_message_seen(ledger, 1, whole("abc")), 0);
    cr_expect_eq(ledger_message_seen(ledger, 1, whole("abd")), -1);
    cr_expect_eq(ledger_message_seen(ledger, 0, whole("abc")), -1, "its own sender's");
    cr_expect_eq(ledger_message_received(ledger, 1, whole("abc")), 0);
    json_t *delivery = ledger_delivery(ledger, true);
    cr_expect_eq(json_integer_value(json_object_get(delivery, "received")), 1);
    cr_expect_eq(json_integer_value(json_object_get(delivery, "duplicated")), 0);
    json_decref(delivery);
}

Test(ledger, messages_that_are_not_what_sends_took_are_not_followed)
{
    ledger_message_sent(ledger, 0, -1, "ab", 2);
    cr_expect(ledger_messages_excuse(ledger, "they were put together"));
    cr_expect_not(ledger_messages_excuse(ledger, "another reason"));
    json_t *delivery = ledger_delivery(ledger, true);
    json_t *ordering = ledger_ordering(ledger, true);
    cr_expect_str_eq(json_string_value(json_object_get(delivery, "stood_back")),
                     "they were put together");
    cr_expect_str_eq(json_string_value(json_object_get(ordering, "stood_back")),
                     "they were put together");
    json_decref(delivery);
    json_decref(ordering);
}

Test(ledger, reordering_follows_rfc_4737)
{
    send_messages(4);
    message("one");
    message("two");
    message("three");
    message("zero");
    cr_assert_eq(figure(ledger_ordering(ledger, true), "reordered"), 1);
    cr_assert_eq(figure(ledger_ordering(ledger, true), "max_extent"), 3);
}

Test(ledger, messages_of_a_stream_keep_their_order)
{
    static const char *const texts[] = {"a0", "b0", "a1", "b1"};
    struct ledger *own = ledger_new();
    for (int i = 0; i < 4; i++)
        ledger_message_sent(own, 0, i % 2, texts[i], 2);
    ledger_message_received(own, 1, whole("b0"));
    ledger_message_received(own, 1, whole("b1"));
    ledger_message_received(own, 1, whole("a0"));
    json_t *ordering = ledger_ordering(own, true);
    cr_assert(json_is_true(json_object_get(ordering, "exact")));
    json_decref(ordering);
    ledger_message_received(own, 1, whole("a0")); /* once more */
    ordering = ledger_ordering(own, true);
    cr_assert(json_is_false(json_object_get(ordering, "exact")));
    json_decref(ordering);
    ledger_free(own);
}

Test(ledger, a_message_that_overtakes_its_own_stream_is_no_order)
{
    struct ledger *own = ledger_new();
    ledger_message_sent(own, 0, 3, "a0", 2);
    ledger_message_sent(own, 0, 3, "a1", 2);
    ledger_message_received(own, 1, whole("a1"));
    ledger_message_received(own, 1, whole("a0"));
    json_t *ordering = ledger_ordering(own, true);
    cr_assert(json_is_false(json_object_get(ordering, "exact")));
    json_decref(ordering);
    ledger_free(own);
}

/* Half a page of a pattern that lies nowhere, into out as well. */
static void send_made(uint64_t position, uint8_t *out, size_t size)
{
    struct pattern made = {9, position};
    int number = ledger_sending_made(ledger, 1, &made, size);
    ledger_sent(ledger, number, size);
    pattern_write(&made, out, size);
}

Test(ledger, a_pattern_that_lies_nowhere_is_compared_like_any_bytes)
{
    uint8_t bytes[10000];
    send_made(5, bytes, sizeof bytes);
    cr_assert_not(ledger_received(ledger, 1, bytes, 7000, false).diverged);
    bytes[9000] ^= 1;
    struct divergence found = ledger_received(ledger, 1, bytes + 7000, 3000, false);
    cr_assert(found.diverged);
    cr_assert_eq(found.offset, 9000);
    cr_assert_eq(found.expected, bytes[9000] ^ 1);
}

Test(ledger, a_receiver_may_compare_such_a_pattern_himself)
{
    uint8_t bytes[100];
    struct pattern made;
    send_bytes("ab");
    send_made(40, bytes, sizeof bytes);
    cr_assert_not(ledger_made(ledger, 1, 2, &made), "those were laid out");
    receive("ab");
    cr_assert_not(ledger_made(ledger, 1, 101, &made), "so many were not sent");
    cr_assert(ledger_made(ledger, 1, 100, &made));
    cr_assert_eq(made.position, 40);
    cr_assert_not(ledger_compared(ledger, 1, 60, 60, 0).diverged);
    cr_assert(ledger_made(ledger, 1, 40, &made));
    cr_assert_eq(made.position, 100);
}

Test(ledger, what_such_a_receiver_found_odd_is_a_divergence)
{
    uint8_t bytes[100];
    send_bytes("ab");
    receive("ab");
    send_made(40, bytes, sizeof bytes);
    struct pattern made;
    cr_assert(ledger_made(ledger, 1, 100, &made));
    struct divergence found = ledger_compared(ledger, 1, 100, 30, bytes[30] ^ 1);
    cr_assert(found.diverged);
    cr_assert_eq(found.offset, 32);
    cr_assert_eq(found.expected, bytes[30]);
    cr_assert_eq(figure(ledger_delivery(ledger, false), "corrupted"), 1);
    cr_assert_eq(figure(ledger_delivery(ledger, false), "divergent_offset"), 32);
}
