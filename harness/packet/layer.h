/* SPDX-License-Identifier: MIT */
/*
 * A layer: a header of a packet with its fields, as field.def lists them. A field is looked at
 * through its layer, so that packets of every kind are read in one way, one layer behind the other.
 *
 * All tables are constant.
 */
#ifndef SOCKPROOF_PACKET_LAYER_H
#define SOCKPROOF_PACKET_LAYER_H

#include "packet/chunk.h"
#include "packet/span.h"

enum field_type {
    FIELD_NUMBER,
    FIELD_FLAGS,    /* named bits */
    FIELD_CHECKSUM, /* right, wrong or none; and a number as well */
    FIELD_HOST,     /* an address */
    FIELD_CHUNK,    /* a kind of chunk by its name */
    FIELD_BYTES,
    FIELD_PACKET,  /* a packet that an error quotes */
    FIELD_WORD,    /* a number, of which each value has a name */
    FIELD_OPTIONS, /* a list of options */
    FIELD_BLOCKS   /* of an option: pairs of numbers */
};

/* The kinds of packets that a layer tells apart: bits of "who has it". */
enum { ALL = -1 };
enum { OF_IP4 = 1, OF_IP6 = 2 };
enum {
    OF_ICMP_QUERY = 1,
    OF_ICMP_MTU = 2,
    OF_ICMP_PROBLEM = 4,
    OF_ICMP_REDIRECT = 8,
    OF_ICMP_ERROR = 16, /* another one */
    OF_ICMP_OTHER = 32,
    OF_ICMP_QUOTING = OF_ICMP_MTU | OF_ICMP_PROBLEM | OF_ICMP_REDIRECT | OF_ICMP_ERROR
};
enum {
#define KIND(name, type) OF_##name = 1 << CHUNK_KIND_##name,
#include "packet/chunk.def"
#undef KIND
};

/* A chunk of a type that has no name. */
#define OF_STRANGE (UINT32_C(1) << 31)

struct flag {
    const char *name;
    uint16_t bit;
    uint32_t bearers; /* the kinds of the layer in which the bit has this name */
};

struct headoption_set;

struct field {
    const char *name; /* NULL ends a table */
    enum field_type type;
    uint32_t most;
    const struct flag *flags;             /* FIELD_FLAGS; ended by NULL */
    const struct headoption_set *options; /* FIELD_OPTIONS: those that may stand there */
    const char *const *words;             /* FIELD_WORD: the names, from 0 on; ended by NULL */
    uint32_t bearers;
    bool made; /* a packet that a case makes may give it */
    bool told; /* events have it; else another field tells what stands there */
    struct span (*at)(const struct header *header);
};

/* What a header that is being made is filled with before its given fields are written. */
struct blank {
    uint8_t *bytes; /* zeros */
    int family;
    size_t size; /* of the header and all that stands behind it */
    size_t header_size;
    uint8_t protocol;        /* ip: of what stands behind it */
    uint8_t first_extension; /* ip: the number of the first extension header, if there is one */
    size_t names_transport;  /* ip: the octet that holds protocol */
    const struct in6_addr *source, *destination;
    uint64_t given; /* by the number of the field: those that will be written */
};

enum sum { SUM_RIGHT, SUM_WRONG, SUM_NONE };

struct layer {
    const char *name; /* in cases and events */
    const char *noun; /* "a TCP segment" */
    const struct field *fields;
    uint8_t protocol[2]; /* IPPROTO_* over IPv4 and IPv6; 0 0: not a transport */
    /* The kind of the header whose first octet is given, one bit. */
    uint32_t (*kind)(int family, uint8_t first);
    const char *const *kind_names; /* by bit; NULL: all are of one kind */
    const char *decides;           /* the field that is the first octet, by which kinds differ */
    enum sum (*sum)(const struct header *header);
    const struct layer *parts; /* what it holds several of, whose fields stand beside its own */
    size_t made_size;          /* of the header in a packet that a case makes; 0: none is made */
    void (*fill)(const struct blank *blank);
};

/* The layer's own field of that name, or NULL. */
const struct field *layer_field(const struct layer *layer, const char *name);
/* The kind of that header, one bit. */
uint32_t layer_kind(const struct layer *layer, const struct header *header);

#endif
