/* SPDX-License-Identifier: MIT */
/*
 * A packet: one Ethernet frame of the wire, taken apart. IPv4 and IPv6, TCP, UDP, SCTP, ICMP,
 * ICMPv6 and raw protocols; whatever else comes has family 0.
 */
#ifndef SOCKPROOF_PACKET_PACKET_H
#define SOCKPROOF_PACKET_PACKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The two ends of the wire; a packet is named after the one that sent it. */
enum side { SIDE_CLIENT, SIDE_SERVER, SIDE_COUNT };
/* "client", "server". Static storage. */
const char *side_name(enum side side);

/* Longest frame that crosses the wire: an MTU of 1520, which scripts over IPv6 have, and the
   Ethernet header; FRAME_USUAL is that of any other case, whose MTU is 1500. */
#define FRAME_MAX 1534
#define FRAME_USUAL 1514
#define ETHER_HEADER 14
#define SCTP_HEADER 12
#define SCTP_CHECKSUM_OFFSET 8

struct packet {
    const uint8_t *frame; /* borrowed: valid as long as the caller's buffer */
    size_t size;          /* of the frame, link padding cut off */
    int family;           /* AF_INET, AF_INET6, or 0: not IP or malformed */
    uint8_t protocol;     /* IPPROTO_* of the last header understood */
    bool fragment;        /* a fragment that is not the first: no transport header in it */
    bool headless;        /* the IP header is not the packet's own, which was given without one */
    size_t ip, transport, payload; /* offsets into frame */
    size_t names_transport;        /* of the octet that holds protocol */
    size_t payload_size;
    struct in6_addr source, destination; /* IPv4 as ::ffff:a.b.c.d */
    uint16_t source_port,
        destination_port; /* host order; 0 where there is none. For an ICMP error: of the
            packet that it quotes, so that it belongs to the flow that it is about */
    bool quoted;          /* the ports are those of a quoted packet */
    uint32_t seq, ack;    /* TCP, absolute */
    /* What the sender's numbers (seq, TSN) and its peer's (ack, cumulative TSN) are counted from in
       words; 0: they are absolute. See flows_numbered. */
    uint32_t first_of_sender, first_of_receiver;
    uint8_t tcp_flags;   /* TCP header bits, FIN = 1 … CWR = 128 */
    bool checksum_valid; /* of the transport (true where it has none, and of a fragment) */
    bool more_fragments; /* the first fragment, or one in the middle */
};

/* Takes frame apart. False (family 0) when it is not IP or cut short. Does not keep frame. */
bool packet_parse(struct packet *packet, const uint8_t *frame, size_t size);

/* seq as it is told: from first_of_sender on. */
uint32_t packet_seq(const struct packet *packet);
/* True for the types of ICMP errors, over IPv6 ICMPv6 ones (RFC 792, RFC 4443 section 2.1). */
bool packet_icmp_error_type(int family, uint8_t type);
/* True for an ICMP or ICMPv6 error, which quotes another packet. Such a one is no data. */
bool packet_icmp_error(const struct packet *packet);

/* The packet that an ICMP error quotes, as far as it is there (RFC 792, RFC 4443 section 2.4 c): a
   header of its transport may be cut off. Its frame is the error's, and its numbers count from
   where those of the error do. False when packet is no such error, or quotes none. */
bool packet_quoted(const struct packet *packet, struct packet *quoted);

/* The internet checksum (RFC 1071) of size bytes, chained by sum (0 to begin), folded, not
   complemented. */
uint16_t packet_checksum(uint32_t sum, const void *bytes, size_t size);
/* The sum of the pseudo header of RFC 9293 section 3.1 and RFC 8200 section 8.1, to chain from;
   IPv4 addresses as mapped, length of transport header and payload in bytes. */
uint16_t packet_pseudo(int family, const struct in6_addr *source,
                       const struct in6_addr *destination, uint8_t protocol, size_t length);
/* Mends IP and transport checksums of a frame in place. */
void packet_mend(uint8_t *frame, size_t size);

#endif
