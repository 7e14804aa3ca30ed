/* SPDX-License-Identifier: MIT */
/*
 * How the lines of field.def become a layer's table. A layer's file defines its layer as FIELD_AT,
 * includes field.def, and does so again as FIELD_LINE inside of its table.
 */
#ifndef SOCKPROOF_PACKET_FIELDTABLE_H
#define SOCKPROOF_PACKET_FIELDTABLE_H

#include "packet/layer.h"

#define FIELD_AT(name, type, bearers, use, where, ...)                                             \
    static struct span at_##name(const struct header *header)                                      \
    {                                                                                              \
        (void)header;                                                                              \
        return where;                                                                              \
    }
#define FIELD_LINE(name, type, bearers, use, where, ...)                                           \
    {#name, type, (uint32_t)(bearers), FIELD_##use, at_##name},
#define FIELD_END                                                                                  \
    {                                                                                              \
        .name = NULL                                                                               \
    }

#define FIELD_MADE true, true
#define FIELD_SEEN false, true
#define FIELD_VIEW true, false

/* A type is five members of struct field. */
#define NUMBER(most) FIELD_NUMBER, most, NULL, NULL, NULL
#define COUNTED(word) FIELD_NUMBER, UINT32_MAX, NULL, NULL, NULL
#define TCP_FLAGS FIELD_FLAGS, 511, tcp_flags, NULL, NULL
#define CHUNK_FLAGS FIELD_FLAGS, 255, chunk_flags, NULL, NULL
#define CHECKSUM(most) FIELD_CHECKSUM, most, NULL, NULL, NULL
#define HOST FIELD_HOST, 0, NULL, NULL, NULL
#define CHUNK_KIND FIELD_CHUNK, 255, NULL, NULL, NULL
#define BYTES FIELD_BYTES, 0, NULL, NULL, NULL
#define HEX BYTES
#define PACKET FIELD_PACKET, 0, NULL, NULL, NULL
#define OPTIONS(set) FIELD_OPTIONS, 0, NULL, &headoption_##set, NULL
#define ONE_OF(words, most) FIELD_WORD, most, NULL, NULL, words
#define BLOCKS FIELD_BLOCKS, 0, NULL, NULL, NULL

#endif
