/* SPDX-License-Identifier: MIT */
/*
 * Describing: a packet as events hold it, and in one line.
 */
#ifndef SOCKPROOF_PACKET_DESCRIBE_H
#define SOCKPROOF_PACKET_DESCRIBE_H

#include "packet/compact.h"
#include "packet/field.h"
#include "packet/naming.h"

#include <jansson.h>

/* The packet as JSON: {"kinds":["ack","data"],"ip":{"src":"client",…},"tcp":{…,"flags":["PSH",
   "ACK"],"seq":1,…,"checksum":"valid"},"payload":{"length":4,"text":"tail"}}: its kinds, and of
   each layer the fields that it has, under their names in field.def; sctp has "chunks", a list, of
   which each holds its own fields. The payload has "text" when printable ASCII, else "hex" (both of
   at most the first 64 bytes). Numbers are counted as flows_numbered says. New reference; naming
   may be NULL (literal addresses). */
json_t *packet_describe(const struct packet *packet, const struct naming *naming);
/* The same as text: a case has many packets, of which nobody looks at the JSON. */
void packet_write(struct compact *text, const struct packet *packet, const struct naming *naming);
/* The value of a field: a number; names of flags, and what is left of them as a number in hex;
   "valid", "bad" or, for an absent checksum, 0; the name of a host or its digits; the kind of a
   chunk; printable text, or {"hex": …} (at most the first 64 bytes). New reference. */
json_t *describe_value(const struct layer *layer, const struct field *field,
                       const struct header *header, const struct value *value,
                       const struct naming *naming);
/* One line for people: "client > server tcp PSH,ACK seq 1 ack 1 4 bytes". out is size bytes. */
void packet_brief(const struct packet *packet, const struct naming *naming, char *out, size_t size);
/* The same with the options: "client > server tcp SYN seq 0 <mss 1460,sackok> 0 bytes". */
void packet_line(const struct packet *packet, const struct naming *naming, char *out, size_t size);

#endif
