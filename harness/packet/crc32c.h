/* SPDX-License-Identifier: MIT */
/*
 * CRC32c: the checksum of SCTP (RFC 9260 section 6.8 and appendix A).
 */
#ifndef SOCKPROOF_PACKET_CRC32C_H
#define SOCKPROOF_PACKET_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The CRC32c of size bytes as the number that the packet holds in little-endian order. The sum is
   our own: a stack under test must not judge itself. */
uint32_t crc32c(const void *bytes, size_t size);
/* The same as if the four bytes at offset hole were 0: how a packet's own checksum is taken. */
uint32_t crc32c_with_hole(const void *bytes, size_t size, size_t hole);

#endif
