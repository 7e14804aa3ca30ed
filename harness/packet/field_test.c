/* SPDX-License-Identifier: MIT */
#include "packet/field.h"
#include "packet/ip.h"
#include "packet/layers.h"
#include "packet/tcp.h"

#include <criterion/criterion.h>
#include <string.h>

static uint8_t bytes[40];

static struct header header_of(int family, size_t size)
{
    return (struct header){.bytes = bytes, .size = size, .family = family};
}

Test(field, a_number_is_written_where_it_is_read_and_nowhere_else)
{
    const struct field *flow = layer_field(&ip_layer, "flow");
    struct header header = header_of(AF_INET6, 40);
    struct value value;
    memset(bytes, 0xff, sizeof bytes);
    field_write(flow, &header, bytes, 0x12345);
    cr_expect(field_read(&ip_layer, flow, &header, &value));
    cr_expect_eq(value.number, 0x12345);
    cr_expect_eq(memcmp(bytes, "\xff\xf1\x23\x45\xff", 5), 0);
    field_write(flow, &header, bytes, 0xfffff);
    for (size_t i = 0; i < sizeof bytes; i++)
        cr_expect_eq(bytes[i], 0xff);
}

Test(field, takes_what_it_can_hold)
{
    struct header four = header_of(AF_INET, 20), six = header_of(AF_INET6, 40);
    const struct field *len = layer_field(&ip_layer, "len"), *ttl = layer_field(&ip_layer, "ttl");
    cr_expect(field_takes(ttl, &four, 0) && field_takes(ttl, &four, 255));
    cr_expect_not(field_takes(ttl, &four, 256) || field_takes(ttl, &four, -1));
    cr_expect(field_takes(len, &four, 0) && field_takes(len, &six, 40));
    cr_expect_not(field_takes(len, &six, 39), "a packet is not shorter than its header");
    four.size = 8;
    cr_expect_not(field_takes(ttl, &four, 1), "the header is cut off before it");
}

Test(field, who_has_it_is_another_question_than_whether_it_is_there)
{
    const struct field *id = layer_field(&ip_layer, "id"), *mss = layer_field(&tcp_layer, "mss");
    struct header six = header_of(AF_INET6, 40), four = header_of(AF_INET, 5);
    struct value value;
    memset(bytes, 0, sizeof bytes);
    cr_expect_not(field_borne(&ip_layer, id, &six));
    cr_expect(field_borne(&ip_layer, id, &four));
    cr_expect_not(field_read(&ip_layer, id, &four, &value), "cut off");
    four.size = 20;
    cr_expect(field_borne(&tcp_layer, mss, &four));
    cr_expect_not(field_read(&tcp_layer, mss, &four, &value), "no option");
}

/* What tables promise to those that read them: one octet of flags, bits that a case can say. */
Test(field, tables_are_sound)
{
    for (const struct layer *const *layer = packet_layers; *layer != NULL; layer++)
        for (const struct field *one = (*layer)->fields; one->name != NULL; one++) {
            cr_expect_eq(layer_field(*layer, one->name), one, "%s.%s is there twice",
                         (*layer)->name, one->name);
            cr_expect_eq(one->type == FIELD_FLAGS, one->flags != NULL, "%s", one->name);
            cr_expect(one->type != FIELD_CHECKSUM || (*layer)->sum != NULL, "%s", one->name);
            cr_expect(one->bearers == (uint32_t)ALL || (*layer)->kind_names != NULL, "%s",
                      one->name);
        }
}
