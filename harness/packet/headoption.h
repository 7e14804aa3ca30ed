/* SPDX-License-Identifier: MIT */
/*
 * An option in a header: RFC 9293 section 3.1, RFC 791 section 3.1; an extension header of IPv6,
 * which is one of those that stand there: RFC 8200 section 4. Which ones there are stands in
 * option.def.
 */
#ifndef SOCKPROOF_PACKET_HEADOPTION_H
#define SOCKPROOF_PACKET_HEADOPTION_H

#include "packet/field.h"

#define EXTENSIONS_ROOM 256
#define OPTIONS_ROOM 40 /* of a header of at most 15 words, five of which are the fixed part */

enum headoption_form {
    HEADOPTION_ALONE,   /* the name says all */
    HEADOPTION_ONE,     /* one value, behind the name */
    HEADOPTION_SEVERAL, /* a mapping of fields */
    HEADOPTION_RAW      /* the same, of the option's bytes */
};

struct headoption_set;

struct headoption_kind {
    const char *name; /* NULL ends a table */
    uint8_t kind;
    uint16_t experiment; /* what follows kind and length; 0: nothing such */
    uint64_t lengths;    /* bit n: of n bytes in all */
    enum headoption_form form;
    const struct headoption_set *set;
    const struct field *fields;
};

/* The options that may stand in one place. The last one is raw. */
struct headoption_set {
    const struct headoption_kind *kinds;
    size_t room;  /* for all of them in one header */
    bool chained; /* extension headers: the kind of each stands in the one before it */
};

extern const struct headoption_set headoption_tcp, headoption_ip4, headoption_ip6;

/* An option that was found. */
struct headoption {
    struct header header;               /* its bytes, from the kind on */
    const struct headoption_kind *kind; /* the last one of the set where it is none of the others */
    uint8_t number;                     /* its kind */
    bool loose; /* no option: bytes behind the end of the list, or a kind that lacks its length */
    bool over;  /* nothing follows */
};

/* The first option of an area, which value is, as field_read gives it of header; false when there
   is none. The options borrow from the area. A list that is not sound ends with a raw option that
   has all that is left. */
bool headoption_first(const struct headoption_set *set, const struct header *header,
                      const struct value *value, struct headoption *option);
/* The one behind it. */
bool headoption_next(const struct headoption_set *set, const struct value *value,
                     struct headoption *option);
/* The option of that name, or NULL. */
const struct headoption_kind *headoption_named(const struct headoption_set *set, const char *name);
/* The field of that name of an option, or NULL. */
const struct field *headoption_field(const struct headoption_kind *kind, const char *name);
/* Reads a field of an option; false when the option is too short for it. */
bool headoption_read(const struct headoption *option, const struct field *field,
                     struct value *value);
/* Block i of a value of FIELD_BLOCKS: its first number and the one behind its last, counted from
   the first number of the packet's receiver. False when there is none. */
bool headoption_block(const struct headoption *option, const struct value *value, size_t i,
                      uint32_t block[2]);

/* An option that is being made. */
struct headoption_draft {
    const struct headoption_kind *kind;
    uint8_t number; /* its kind */
    uint8_t bytes[64];
    size_t size; /* of it, so far */
};

/* Begins an option of that kind, with nothing in it. A raw one is of no bytes. */
void headoption_begin(struct headoption_draft *draft, const struct headoption_kind *kind);
/* Puts a number into a field; false when the option cannot have it. The option becomes long
   enough. */
bool headoption_put(struct headoption_draft *draft, const struct field *field, int64_t number);
/* Puts bytes into a field of bytes, which is the option's last; false when the option cannot be of
   that length. */
bool headoption_put_bytes(struct headoption_draft *draft, const struct field *field,
                          const uint8_t *bytes, size_t size);
/* Makes a raw option: kind, length (below 0: the right one) and bytes behind them; kind below 0:
   the bytes alone. False when it cannot be. */
bool headoption_put_raw(struct headoption_draft *draft, int64_t kind, int64_t length,
                        const uint8_t *bytes, size_t size);

#endif
