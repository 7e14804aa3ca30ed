/* SPDX-License-Identifier: MIT */
/*
 * A packetdrill script as a tree: options, the command before it, and events in the order of the
 * file, each with its place. It says what stands there, not what it means; all of it lives in one
 * arena.
 */
#ifndef SOCKPROOF_CASE_PKT_H
#define SOCKPROOF_CASE_PKT_H

#include "case/complaint.h"

/* What stands in a place of a file. */
struct pkt_text {
    const char *text;
    struct mark mark;
    int width;
};

/* --- when an event happens ------------------------------------------------------------------ */

enum pkt_time_kind {
    PKT_TIME_ABSOLUTE, /* 0.1: from the start of the script */
    PKT_TIME_RELATIVE, /* +0.1: from the event before */
    PKT_TIME_ANY       /* *: whenever it comes */
};

struct pkt_moment {
    enum pkt_time_kind kind;
    int64_t us;
};

struct pkt_time {
    struct pkt_moment at;
    struct pkt_moment until; /* of a range: the latest; of a call that blocks: when it returns */
    bool range, blocks;
    struct mark mark;
    int width;
};

/* --- values of calls ------------------------------------------------------------------------ */

enum pkt_value_kind {
    PKT_VALUE_NUMBER, /* number */
    PKT_VALUE_NAME,   /* text: a constant */
    PKT_VALUE_TEXT,   /* text, length: bytes */
    PKT_VALUE_ANY,    /* ... */
    PKT_VALUE_LIST,   /* [members] */
    PKT_VALUE_STRUCT, /* {members}, those that are named have a name */
    PKT_VALUE_CALL,   /* text(members): htons(80), msg_name(...) */
    PKT_VALUE_EITHER  /* members, or'ed together */
};

struct pkt_value {
    enum pkt_value_kind kind;
    struct mark mark;
    int width;
    const char *name;                  /* NAME=value, or NULL */
    const struct pkt_value *length_of; /* of msg_iov(2)=…: what stands in the parentheses */
    const char *text;
    size_t length;
    int64_t number;
    struct pkt_value *first, *next; /* members; the next of the same parent */
    size_t count;
};

struct pkt_call {
    struct pkt_text name;
    struct pkt_value *arguments; /* a list */
    struct pkt_value *result;    /* NULL: not given */
    struct pkt_text error;       /* the name of an errno; text NULL: none */
};

/* --- packets -------------------------------------------------------------------------------- */

enum pkt_direction { PKT_INBOUND, PKT_OUTBOUND }; /* of the host under test */
enum pkt_protocol { PKT_TCP, PKT_UDP, PKT_ICMP };

/* A range of sequence numbers: first:end(length). */
struct pkt_range {
    uint32_t first, end, length;
    struct mark mark;
    int width;
};

enum pkt_option_kind {
    PKT_OPTION_MSS,
    PKT_OPTION_WSCALE,
    PKT_OPTION_SACKOK,
    PKT_OPTION_NOP,
    PKT_OPTION_EOL,
    PKT_OPTION_TS,      /* number: val, second: ecr */
    PKT_OPTION_SACK,    /* blocks */
    PKT_OPTION_FO,      /* bytes: the cookie */
    PKT_OPTION_FOEXP,   /* the same, as the experimental option */
    PKT_OPTION_MD5,     /* bytes: the digest, or none */
    PKT_OPTION_ACCECN0, /* bytes: counters of ECT(0), CE, ECT(1) in that order */
    PKT_OPTION_ACCECN1  /* of ECT(1), CE, ECT(0) */
};

enum { PKT_BLOCKS_MAX = 4, PKT_COOKIE_MAX = 38 };

struct pkt_tcp_option {
    enum pkt_option_kind kind;
    struct mark mark;
    uint32_t number, second;
    struct pkt_range block[PKT_BLOCKS_MAX]; /* first and end */
    size_t blocks;
    uint8_t bytes[PKT_COOKIE_MAX];
    size_t length; /* of bytes */
    struct pkt_tcp_option *next;
};

enum pkt_ecn { PKT_ECN_ANY, PKT_ECN_NONE, PKT_ECN_ECT1, PKT_ECN_ECT0, PKT_ECN_ECT01, PKT_ECN_CE };

/* Flags of the TCP header, as the header has them; those of the numbers in ACE are apart. */
enum {
    PKT_FIN = 0x01,
    PKT_SYN = 0x02,
    PKT_RST = 0x04,
    PKT_PSH = 0x08,
    PKT_ACK = 0x10,
    PKT_URG = 0x20,
    PKT_ECE = 0x40,
    PKT_CWR = 0x80,
    PKT_AE = 0x100
};

struct pkt_packet {
    enum pkt_direction direction;
    enum pkt_protocol protocol;
    struct mark mark; /* of the sign of the direction */
    int width;
    /* IP */
    enum pkt_ecn ecn;
    int tos, ttl; /* -1: not given */
    /* TCP */
    unsigned flags;
    int ace; /* 0 to 7, or -1: flags say all */
    struct mark flags_mark;
    struct pkt_range range;
    bool has_ack, has_window, has_urgent;
    uint32_t ack;
    uint32_t window, urgent;
    bool any_options; /* <...> */
    struct pkt_tcp_option *options;
    size_t option_count;
    /* UDP */
    uint32_t payload;
    /* ICMP */
    struct pkt_text icmp_type, icmp_code; /* text NULL: no code */
    bool has_mtu;
    uint32_t mtu;
    bool quotes_udp, quotes_range; /* of the packet that it quotes range (TCP) or payload (UDP) */
};

struct pktcode;

/* --- events --------------------------------------------------------------------------------- */

enum pkt_event_kind {
    PKT_EVENT_PACKET,
    PKT_EVENT_CALL,
    PKT_EVENT_CODE,
    PKT_EVENT_COMMAND,
    PKT_EVENT_UNKNOWN /* what the reader does not know: it stands in the script's lacks */
};

struct pkt_event {
    enum pkt_event_kind kind;
    int number; /* from 1 */
    struct pkt_time time;
    struct mark mark;   /* where the event begins */
    const char *source; /* its lines as they stand, in one */
    struct pkt_packet packet;
    struct pkt_call call;
    struct pkt_text text;       /* of a code or a command; mark: where its first byte stands */
    const struct pktcode *code; /* that text is; NULL: no code, or one that is not known */
    struct pkt_event *next;
};

struct pkt_option {
    struct pkt_text name;
    struct pkt_text value; /* text NULL: none was given */
    struct pkt_option *next;
};

/* What this reader, or this build, does not know, and so skips the script: "system call foo". */
struct pkt_lack {
    const char *construct;
    struct mark mark;
    int width;
    struct pkt_lack *next;
};

struct pkt_script {
    struct arena *arena;
    struct pkt_option *options;
    struct pkt_text before; /* the command before the first event; text NULL: none */
    struct pkt_event *events;
    size_t event_count;
    struct pkt_lack *lacks;
    size_t lack_count;
};

/* Notes a construct that is not known; each place once, in their order. */
void pkt_lacks(struct pkt_script *script, struct mark mark, int width, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The value of an option, the last where it is given twice; "" for one without; NULL: not given. */
const char *pkt_option_value(const struct pkt_script *script, const char *name);

#endif
