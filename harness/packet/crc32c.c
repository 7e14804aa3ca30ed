/* SPDX-License-Identifier: MIT */
#include "packet/crc32c.h"

/* The reflected Castagnoli polynomial, four bits at a time. */
static const uint32_t nibble[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};

static uint32_t step(uint32_t sum, uint8_t byte)
{
    sum ^= byte;
    sum = nibble[sum & 15] ^ sum >> 4;
    return nibble[sum & 15] ^ sum >> 4;
}

uint32_t crc32c_with_hole(const void *bytes, size_t size, size_t hole)
{
    const uint8_t *at = bytes;
    uint32_t sum = ~UINT32_C(0);
    for (size_t i = 0; i < size; i++)
        sum = step(sum, i >= hole && i - hole < 4 ? 0 : at[i]);
    return ~sum;
}

uint32_t crc32c(const void *bytes, size_t size)
{
    return crc32c_with_hole(bytes, size, size);
}
