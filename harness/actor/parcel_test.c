/* SPDX-License-Identifier: MIT */
#include "actor/parcel.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/time.h>

enum { SLOT = 3, ROOM = 100000 };

static struct shared *here, *there;
static struct call *asked, *far;
static struct frame_out frame;

static void begin(void)
{
    here = shared_new();
    there = shared_new();
    asked = &here->slot[SLOT];
    far = &there->slot[SLOT];
    asked->verb = VERB_recv;
    asked->fd = 7;
    asked->limit_resource = -1;
    frame_begin(&frame, FRAME_CALL);
}

TestSuite(parcel, .init = begin);

static struct piece bytes_in(struct shared *shared, const char *text)
{
    struct piece piece = shared_alloc(shared, strlen(text));
    memcpy(shared_at(shared, piece), text, piece.size);
    return piece;
}

static struct opened opened_frame(void)
{
    return frame_open(frame.bytes + FRAME_HEAD, frame.size - FRAME_HEAD);
}

static bool ask(void)
{
    parcel_ask(&frame, here, SLOT);
    struct opened opened = opened_frame();
    return parcel_asked(&opened, there, SLOT);
}

static bool answer(void)
{
    frame_begin(&frame, FRAME_ENDED);
    parcel_answer(&frame, there, SLOT);
    struct opened opened = opened_frame();
    return parcel_answered(&opened, here, SLOT);
}

Test(parcel, a_call_arrives_with_what_it_is_given)
{
    asked->verb = VERB_sendto;
    asked->started = true;
    asked->in.data.data.piece = bytes_in(here, "ping");
    asked->in.data.to.piece = bytes_in(here, "an address");
    asked->in.data.flags.number = -1;
    cr_assert(ask());
    cr_assert(far->verb == VERB_sendto && far->fd == 7 && far->limit_resource == -1 &&
              far->started);
    cr_assert_eq(far->in.data.flags.number, -1);
    cr_assert_arr_eq(shared_at(there, far->in.data.data.piece), "ping", 4);
    cr_assert_arr_eq(shared_at(there, far->in.data.to.piece), "an address", 10);
}

Test(parcel, what_came_of_it_comes_back)
{
    asked->out = shared_alloc(here, ROOM);
    cr_assert(ask());
    memset(shared_at(there, far->out), 'x', 5000);
    far->result = 5000;
    far->size = 5000;
    far->error = ECONNRESET;
    far->beyond = 9;
    far->firing_count = 1;
    far->firing[0] = (struct firing){2, 9};
    strcpy(far->point, "recv");
    far->from_size = 16;
    memset(&far->from, 'f', 16);
    cr_assert(answer());
    cr_assert(asked->result == 5000 && asked->error == ECONNRESET && asked->from_size == 16);
    cr_assert_arr_eq(&asked->from, "ffffffffffffffff", 16);
    cr_assert(asked->firing_count == 1 && asked->firing[0].fault == 2);
    cr_assert_eq(asked->beyond, 9);
    cr_assert_str_eq(asked->point, "recv");
    cr_assert_eq(((char *)shared_at(here, asked->out))[4999], 'x');
    cr_assert_eq(((char *)shared_at(here, asked->out))[5000], 0);
}

/* getsockopt finds in its room what it is asked, and may leave zeros there. */
Test(parcel, small_room_goes_along_both_ways)
{
    asked->verb = VERB_getsockopt;
    asked->out = bytes_in(here, "asked");
    cr_assert(ask());
    cr_assert_arr_eq(shared_at(there, far->out), "asked", 5);
    memset(shared_at(there, far->out), 0, 5);
    far->size = 5;
    cr_assert(answer());
    cr_assert_arr_eq(shared_at(here, asked->out), "\0\0\0\0\0", 5);
}

/* An ioctl reads there what it is given. */
Test(parcel, what_an_ioctl_is_given_stands_where_it_writes)
{
    const int given = 77;
    asked->verb = VERB_ioctl;
    asked->out = shared_alloc(here, sizeof(struct timeval));
    memcpy(shared_at(here, asked->out), &given, sizeof given);
    cr_assert(ask());
    cr_assert_arr_eq(shared_at(there, far->out), &given, sizeof given);
    cr_assert_eq(far->out.size, sizeof(struct timeval));
}

Test(parcel, room_of_an_earlier_case_is_empty)
{
    asked->out = shared_alloc(here, ROOM);
    cr_assert(ask());
    memset(shared_at(there, far->out), 'x', ROOM);
    shared_clear(there);
    frame_begin(&frame, FRAME_CALL);
    cr_assert(ask());
    for (size_t i = 0; i < ROOM; i++)
        cr_assert_eq(((char *)shared_at(there, far->out))[i], 0);
}

Test(parcel, the_sizes_of_several_messages_stand_where_they_were_counted)
{
    asked->verb = VERB_recvmmsg;
    asked->out2 = shared_alloc(here, 2 * sizeof(uint64_t));
    cr_assert(ask());
    far->sizes = far->out2;
    far->size_count = far->size2 = 2;
    cr_assert(answer());
    cr_assert(asked->sizes.offset == asked->out2.offset && asked->size_count == 2);
    far->size_count = far->size2 = 3;
    cr_assert_not(answer(), "more than there was room for");
}

Test(parcel, each_of_many_has_its_share)
{
    asked->verb = VERB_send;
    asked->each = 3;
    asked->in.data.data.piece = (struct piece){bytes_in(here, "abc").offset, 1};
    cr_assert(ask());
    cr_assert_arr_eq(shared_at(there, far->in.data.data.piece), "abc", 3);
}

/* One to a socket, however long one is on the other side. */
Test(parcel, what_came_of_each_comes_back)
{
    asked->verb = VERB_send;
    asked->each = 2;
    asked->results = shared_alloc(here, 2 * sizeof(struct each_result));
    cr_assert(ask());
    struct each_result *results = shared_at(there, far->results);
    results[1] = (struct each_result){.result = -1, .error = ECONNRESET, .from_size = 16};
    cr_assert(answer());
    const struct each_result *found = shared_at(here, asked->results);
    cr_assert(found[1].result == -1 && found[1].error == ECONNRESET && found[1].from_size == 16);
    asked->results.size--;
    cr_assert_not(answer(), "there is no room for so many");
}

/* The same of what is laid out otherwise: nobody believes a size that its bytes do not bear out. */
Test(parcel, sizes_are_those_of_what_came)
{
    static const enum verb_id verbs[] = {VERB_getsockopt, VERB_epoll_wait, VERB_ioctl,
                                         VERB_socketpair, VERB_sendfile};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        begin();
        asked->verb = verbs[i];
        asked->out = shared_alloc(here, 16);
        cr_assert(ask());
        far->out.size = ROOM; /* so that it tells more */
        far->size = 16 + 1;
        cr_assert(!answer() || asked->size <= 16, "%zu", i);
    }
}

Test(parcel, an_answer_that_tells_more_than_there_was_room_for_is_none)
{
    asked->out = shared_alloc(here, ROOM);
    cr_assert(ask());
    far->size = ROOM + 1;
    cr_assert_not(answer());
}

Test(parcel, a_call_whose_pieces_lie_elsewhere_is_none)
{
    static const struct piece elsewhere[] = {
        {64, 5000}, {UINT64_MAX - 63, 5000}, {1 << 20, UINT64_MAX - 1000}, {(1 << 20) + 1, 5000}};
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
        begin();
        asked->out = elsewhere[i];
        cr_assert_not(ask(), "%zu", i);
    }
}

Test(parcel, what_is_cut_off_is_none)
{
    asked->in.data.data.piece = bytes_in(here, "ping");
    parcel_ask(&frame, here, SLOT);
    struct opened opened = opened_frame();
    opened.left--;
    cr_assert_not(parcel_asked(&opened, there, SLOT));
}

Test(parcel, a_plan_arrives)
{
    struct plan plan = {.seed = 7, .count = 1}, other;
    struct fault *fault = &plan.fault[0];
    strcpy(fault->name, "third");
    strcpy(fault->by, "client");
    fault->argument = -5;
    fault->trigger = (struct trigger){TRIGGER_PROBABILITY, 3, 0.25, true};
    parcel_plan(&frame, &plan);
    struct opened opened = opened_frame();
    cr_assert(parcel_planned(&opened, &other));
    cr_assert(other.seed == 7 && other.count == 1 && other.fault[0].argument == -5);
    cr_assert_str_eq(other.fault[0].name, "third");
    cr_assert(other.fault[0].trigger.probability == 0.25 && other.fault[0].trigger.once);
    opened = opened_frame();
    opened.left -= 8;
    cr_assert_not(parcel_planned(&opened, &other));
}
