/* SPDX-License-Identifier: MIT */
#include "case/pktinfo.h"

#include <linux/tcp.h>
#include <string.h>

/* Of struct tcp_info (linux/tcp.h), whose end newer kernels write to and older headers lack. */
enum { END = offsetof(struct tcp_info, tcpi_reord_seen) + 4 };

static const struct member {
    const char *name;
    size_t offset;
    uint8_t width;       /* in bytes */
    uint8_t shift, bits; /* of a field in a byte; bits 0: all of it */
} members[] = {
#define MEMBER(name)                                                                               \
    {                                                                                              \
#name, offsetof(struct tcp_info, name), sizeof((struct tcp_info){0}.name), 0, 0            \
    }
    MEMBER(tcpi_state),
    MEMBER(tcpi_ca_state),
    MEMBER(tcpi_retransmits),
    MEMBER(tcpi_probes),
    MEMBER(tcpi_backoff),
    MEMBER(tcpi_options),
    {"tcpi_snd_wscale", 6, 1, 0, 4},
    {"tcpi_rcv_wscale", 6, 1, 4, 4},
    {"tcpi_delivery_rate_app_limited", 7, 1, 0, 1},
    {"tcpi_fastopen_client_fail", 7, 1, 1, 2},
    MEMBER(tcpi_rto),
    MEMBER(tcpi_ato),
    MEMBER(tcpi_snd_mss),
    MEMBER(tcpi_rcv_mss),
    MEMBER(tcpi_unacked),
    MEMBER(tcpi_sacked),
    MEMBER(tcpi_lost),
    MEMBER(tcpi_retrans),
    MEMBER(tcpi_fackets),
    MEMBER(tcpi_last_data_sent),
    MEMBER(tcpi_last_ack_sent),
    MEMBER(tcpi_last_data_recv),
    MEMBER(tcpi_last_ack_recv),
    MEMBER(tcpi_pmtu),
    MEMBER(tcpi_rcv_ssthresh),
    MEMBER(tcpi_rtt),
    MEMBER(tcpi_rttvar),
    MEMBER(tcpi_snd_ssthresh),
    MEMBER(tcpi_snd_cwnd),
    MEMBER(tcpi_advmss),
    MEMBER(tcpi_reordering),
    MEMBER(tcpi_rcv_rtt),
    MEMBER(tcpi_rcv_space),
    MEMBER(tcpi_total_retrans),
    MEMBER(tcpi_pacing_rate),
    MEMBER(tcpi_max_pacing_rate),
    MEMBER(tcpi_bytes_acked),
    MEMBER(tcpi_bytes_received),
    MEMBER(tcpi_segs_out),
    MEMBER(tcpi_segs_in),
    MEMBER(tcpi_notsent_bytes),
    MEMBER(tcpi_min_rtt),
    MEMBER(tcpi_data_segs_in),
    MEMBER(tcpi_data_segs_out),
    MEMBER(tcpi_delivery_rate),
    MEMBER(tcpi_busy_time),
    MEMBER(tcpi_rwnd_limited),
    MEMBER(tcpi_sndbuf_limited),
    MEMBER(tcpi_delivered),
    MEMBER(tcpi_delivered_ce),
    MEMBER(tcpi_bytes_sent),
    MEMBER(tcpi_bytes_retrans),
    MEMBER(tcpi_dsack_dups),
    MEMBER(tcpi_reord_seen),
    {"tcpi_rcv_ooopack", END, 4, 0, 0},
    {"tcpi_snd_wnd", END + 4, 4, 0, 0},
    {"tcpi_rcv_wnd", END + 8, 4, 0, 0},
    {"tcpi_rehash", END + 12, 4, 0, 0},
    {"tcpi_total_rto", END + 16, 2, 0, 0},
    {"tcpi_total_rto_recoveries", END + 18, 2, 0, 0},
    {"tcpi_total_rto_time", END + 20, 4, 0, 0},
    {"tcpi_received_ce", END + 24, 4, 0, 0},
    {"tcpi_delivered_e1_bytes", END + 28, 4, 0, 0},
    {"tcpi_delivered_e0_bytes", END + 32, 4, 0, 0},
    {"tcpi_delivered_ce_bytes", END + 36, 4, 0, 0},
    {"tcpi_received_e1_bytes", END + 40, 4, 0, 0},
    {"tcpi_received_e0_bytes", END + 44, 4, 0, 0},
    {"tcpi_received_ce_bytes", END + 48, 4, 0, 0},
    {"tcpi_accecn_fail_mode", END + 52, 2, 0, 0},
    {"tcpi_accecn_opt_seen", END + 54, 2, 0, 0},
#undef MEMBER
};

static const struct {
    const char *name;
    int64_t number;
} constants[] = {
    {"TCPI_OPT_TIMESTAMPS", 1}, {"TCPI_OPT_SACK", 2},      {"TCPI_OPT_WSCALE", 4},
    {"TCPI_OPT_ECN", 8},        {"TCPI_OPT_ECN_SEEN", 16}, {"TCPI_OPT_SYN_DATA", 32},
    {"TCPI_OPT_USEC_TS", 64},   {"TCP_CA_Open", 0},        {"TCP_CA_Disorder", 1},
    {"TCP_CA_CWR", 2},          {"TCP_CA_Recovery", 3},    {"TCP_CA_Loss", 4},
    {"TCP_ESTABLISHED", 1},     {"TCP_SYN_SENT", 2},       {"TCP_SYN_RECV", 3},
    {"TCP_FIN_WAIT1", 4},       {"TCP_FIN_WAIT2", 5},      {"TCP_TIME_WAIT", 6},
    {"TCP_CLOSE", 7},           {"TCP_CLOSE_WAIT", 8},     {"TCP_LAST_ACK", 9},
    {"TCP_LISTEN", 10},         {"TCP_CLOSING", 11},
};

enum {
    MEMBER_COUNT = sizeof members / sizeof *members,
    CONSTANT_COUNT = sizeof constants / sizeof *constants
};

static const struct member *find(const char *name)
{
    const struct member *found = NULL;
    for (size_t i = 0; i < MEMBER_COUNT && found == NULL; i++)
        if (strcmp(members[i].name, name) == 0)
            found = &members[i];
    return found;
}

static struct pktnumber constant(const char *name)
{
    struct pktnumber value = {.known = false};
    for (size_t i = 0; i < CONSTANT_COUNT && !value.known; i++)
        if (strcmp(constants[i].name, name) == 0)
            value = pktnumber_whole(constants[i].number);
    return value;
}

bool pktinfo_knows(const char *name)
{
    return find(name) != NULL || constant(name).known;
}

struct pktnumber pktinfo_value(const void *bytes, size_t size, const char *name)
{
    const struct member *member = find(name);
    const uint8_t *at = bytes;
    uint64_t number = 0;
    if (member == NULL)
        return constant(name);
    if (member->offset + member->width > size)
        return (struct pktnumber){.known = false};
    memcpy(&number, at + member->offset, member->width); /* the host's own order: little endian */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    number >>= 64 - 8 * member->width;
#endif
    if (member->bits > 0)
        number = number >> member->shift & ((1U << member->bits) - 1);
    /* What is above the largest whole number is "no limit" (tcpi_max_pacing_rate). */
    return pktnumber_whole(number > INT64_MAX ? INT64_MAX : (int64_t)number);
}
