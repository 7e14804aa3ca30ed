/* SPDX-License-Identifier: MIT */
#include "packet/offer.h"

enum { HEADER = 20, OFFSET_AT = 12 };
enum {
    KIND_END = 0,
    KIND_NOP = 1,
    KIND_MSS = 2,
    KIND_WSCALE = 3,
    KIND_SACKOK = 4,
    KIND_STAMPS = 8
};
enum { SIZE_MSS = 4, SIZE_WSCALE = 3, SIZE_SACKOK = 2, SIZE_STAMPS = 10 };

static uint32_t read_long(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void write_long(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void take(struct offer *offer, const uint8_t *option)
{
    unsigned kind = option[0], size = option[1];
    if (kind == KIND_MSS && size == SIZE_MSS) {
        offer->mss = true;
        offer->mss_value = (uint16_t)(option[2] << 8 | option[3]);
    } else if (kind == KIND_WSCALE && size == SIZE_WSCALE) {
        offer->wscale = true;
        offer->wscale_value = option[2];
    } else if (kind == KIND_SACKOK && size == SIZE_SACKOK) {
        offer->sackok = true;
    } else if (kind == KIND_STAMPS && size == SIZE_STAMPS) {
        offer->stamps = true;
        offer->val = read_long(option + 2);
        offer->ecr = read_long(option + 6);
    }
}

struct offer offer_read(const struct packet *packet)
{
    struct offer offer = {.mss = false};
    const uint8_t *at = packet->frame + packet->transport + HEADER;
    const uint8_t *end = packet->frame + packet->payload;
    if (packet->protocol != IPPROTO_TCP || packet->payload < packet->transport + HEADER)
        return offer;
    while (at < end && *at != KIND_END) {
        size_t left = (size_t)(end - at);
        size_t size = *at == KIND_NOP ? 1 : left > 1 ? at[1] : 0;
        if (size == 0 || size > left || (size == 1 && *at != KIND_NOP))
            break;
        if (*at != KIND_NOP)
            take(&offer, at);
        at += size;
    }
    return offer;
}

static uint8_t *put(uint8_t *at, unsigned kind, unsigned size)
{
    at[0] = (uint8_t)kind;
    at[1] = (uint8_t)size;
    return at + 2;
}

static uint8_t *pad(uint8_t *at, int count)
{
    for (int i = 0; i < count; i++)
        *at++ = KIND_NOP;
    return at;
}

static uint8_t *put_stamps(uint8_t *at, const struct offer *offer)
{
    at = put(at, KIND_STAMPS, SIZE_STAMPS);
    write_long(at, offer->val);
    write_long(at + 4, offer->ecr);
    return at + 8;
}

size_t offer_write(const struct offer *offer, uint8_t out[OFFER_MAX])
{
    uint8_t *at = out;
    if (offer->mss) {
        at = put(at, KIND_MSS, SIZE_MSS);
        *at++ = (uint8_t)(offer->mss_value >> 8);
        *at++ = (uint8_t)offer->mss_value;
    }
    if (offer->sackok || offer->stamps) { /* together they fill three words */
        at = offer->sackok ? put(at, KIND_SACKOK, SIZE_SACKOK) : pad(at, 2);
        at = offer->stamps ? put_stamps(at, offer) : pad(at, 2);
    }
    if (offer->wscale) {
        at = put(pad(at, 1), KIND_WSCALE, SIZE_WSCALE);
        *at++ = offer->wscale_value;
    }
    return (size_t)(at - out);
}
