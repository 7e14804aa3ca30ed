/*
 * A packet: one Ethernet frame of the wire, taken apart. IPv4 and IPv6, TCP, UDP, SCTP, ICMP,
 * ICMPv6 and raw protocols; whatever else comes has family 0.
 */
#ifndef SOCKPROOF_PACKET_PACKET_H
#define SOCKPROOF_PACKET_PACKET_H

#include <jansson.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The two ends of the wire; a packet is named after the one that sent it. */
enum side { SIDE_CLIENT, SIDE_SERVER, SIDE_COUNT };
/* "client", "server". Static storage. */
const char *side_name(enum side side);

/* Longest frame that crosses the wire: MTU 1500 and the Ethernet header. */
#define FRAME_MAX 1514
#define ETHER_HEADER 14

struct packet {
    const uint8_t *frame;          /* borrowed: valid as long as the caller's buffer */
    size_t size;                   /* of the frame, link padding cut off */
    int family;                    /* AF_INET, AF_INET6, or 0: not IP or malformed */
    uint8_t protocol;              /* IPPROTO_* of the last header understood */
    bool fragment;                 /* a fragment that is not the first: no transport header in it */
    size_t ip, transport, payload; /* offsets into frame */
    size_t payload_size;
    struct in6_addr source, destination; /* IPv4 as ::ffff:a.b.c.d */
    uint16_t source_port,
        destination_port; /* host order; 0 where there is none. For an ICMP error: of the
            packet that it quotes, so that it belongs to the flow that it is about */
    bool quoted;          /* the ports are those of a quoted packet */
    uint32_t seq, ack;    /* TCP, absolute */
    uint8_t tcp_flags;    /* TCP header bits, FIN = 1 … CWR = 128 */
    bool checksum_valid;  /* of the transport (true where it has none, and of a fragment) */
    bool more_fragments;  /* the first fragment, or one in the middle */
};

/* Takes frame apart. False (family 0) when it is not IP or cut short. Does not keep frame. */
bool packet_parse(struct packet *packet, const uint8_t *frame, size_t size);

/* Kinds, as cases name them. A packet *has* a kind: a SYN-ACK has syn, synack and ack; data is
   any TCP segment, UDP datagram, raw or ICMP message with a payload (UDP also an empty one), and an
   SCTP packet with a DATA chunk; an ABORT is SCTP's rst. */
bool packet_has_kind(const struct packet *packet, const char *kind);
/* True for an ICMP or ICMPv6 error (RFC 792, RFC 4443 section 2.1), which quotes another packet.
   Such a one is no data. */
bool packet_icmp_error(const struct packet *packet);

/* Initial sequence numbers, for seq and ack relative to the sender's ISN. One per case. */
struct flows;
struct flows *flows_new(void);
void flows_free(struct flows *flows);
void flows_clear(struct flows *flows);
/* Learns from a packet (SYN, SYN-ACK; the first segment otherwise). */
void flows_learn(struct flows *flows, const struct packet *packet);
/* seq and ack of a TCP packet relative to the ISNs (the absolute values where none is known). */
uint32_t flows_seq(const struct flows *flows, const struct packet *packet);
uint32_t flows_ack(const struct flows *flows, const struct packet *packet);
/* A TSN of an SCTP packet's sender (own) or receiver, relative: its initial TSN counts as 1. The
   same on every path of an association, whose addresses do not matter. */
uint32_t flows_tsn(const struct flows *flows, const struct packet *packet, bool own, uint32_t tsn);

/* Addresses of the two hosts, so that a description can say "client" for 10.0.0.1. */
struct naming {
    struct in6_addr client[2], server[2]; /* IPv4-mapped and IPv6 */
    struct in6_addr second[2][2];         /* "client-second", "server-second"; zero: none */
};

/* The packet as JSON, the form that events hold and expectations match:
   {"kinds":["ack","data"],"ip":{"src":"client","dst":"server","proto":6,"ttl":64,"tos":0,"id":1,
   "len":52,"checksum":"valid"},"tcp":{"sport":…,"dport":…,"flags":["PSH","ACK"],"seq":1,"ack":1,
   "window":…,"urg":0,"checksum":"valid"},"payload":{"length":4,"text":"tail"}}; tcp has "mss" when
   the option is there; udp: sport dport len checksum; sctp: see chunk.h; icmp: type code id seq
   checksum; payload has "text" when printable ASCII, else "hex" (both of at most the first 64
   bytes). checksum is "valid", "bad" or, for an absent UDP one, 0. New reference; flows and naming
   may be NULL (absolute numbers, literal addresses). */
json_t *packet_describe(const struct packet *packet, const struct flows *flows,
                        const struct naming *naming);
/* One line for people: "client > server tcp PSH,ACK seq 1 ack 1 4 bytes". out is size bytes. */
void packet_line(const struct packet *packet, const struct flows *flows,
                 const struct naming *naming, char *out, size_t size);

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
