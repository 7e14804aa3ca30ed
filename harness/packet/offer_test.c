/* SPDX-License-Identifier: MIT */
#include "packet/offer.h"

#include <criterion/criterion.h>
#include <string.h>

enum { TRANSPORT = 34, OPTIONS = TRANSPORT + 20 };

/* A segment with these options. */
static struct packet with(uint8_t frame[128], const uint8_t *options, size_t size)
{
    memset(frame, 0, 128);
    memcpy(frame + OPTIONS, options, size);
    return (struct packet){.frame = frame,
                           .protocol = IPPROTO_TCP,
                           .transport = TRANSPORT,
                           .payload = OPTIONS + size,
                           .size = OPTIONS + size};
}

Test(offer, what_is_written_is_read_again)
{
    const struct offer all = {.mss = true,
                              .wscale = true,
                              .sackok = true,
                              .stamps = true,
                              .mss_value = 1234,
                              .wscale_value = 7,
                              .val = 0x01020304,
                              .ecr = 0xfffefdfc};
    for (unsigned some = 0; some < 16; some++) {
        struct offer offer = all;
        uint8_t options[OFFER_MAX], frame[128];
        offer.mss = some & 1;
        offer.wscale = some & 2;
        offer.sackok = some & 4;
        offer.stamps = some & 8;
        size_t size = offer_write(&offer, options);
        cr_assert_eq(size % 4, 0, "%u", some);
        struct packet packet = with(frame, options, size);
        struct offer read = offer_read(&packet);
        cr_assert(read.mss == offer.mss && read.wscale == offer.wscale, "%u", some);
        cr_assert(read.sackok == offer.sackok && read.stamps == offer.stamps, "%u", some);
        cr_assert(!read.mss || read.mss_value == 1234);
        cr_assert(!read.wscale || read.wscale_value == 7);
        cr_assert(!read.stamps || (read.val == all.val && read.ecr == all.ecr));
    }
}

/* Lengths that lie end the search: below two, beyond the header, cut off. */
Test(offer, what_cannot_be_is_nothing)
{
    static const uint8_t lies[][5] = {
        {5, 0, 2, 4, 1}, {5, 1, 2, 4, 1}, {8, 10, 0, 0, 0}, {1, 1, 1, 1, 2}, {0, 2, 4, 1, 1}};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        uint8_t frame[128];
        struct packet packet = with(frame, lies[i], sizeof lies[i]);
        struct offer read = offer_read(&packet);
        cr_assert_not(read.mss || read.wscale || read.sackok || read.stamps, "%zu", i);
    }
}
