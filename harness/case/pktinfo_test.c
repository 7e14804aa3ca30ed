/* SPDX-License-Identifier: MIT */
#include "case/pktinfo.h"

#include <criterion/criterion.h>
#include <linux/tcp.h>

Test(pktinfo, members_stand_where_the_kernel_puts_them)
{
    struct tcp_info info = {.tcpi_state = 1,
                            .tcpi_snd_wscale = 7,
                            .tcpi_rcv_wscale = 9,
                            .tcpi_delivery_rate_app_limited = 1,
                            .tcpi_rto = 204000,
                            .tcpi_max_pacing_rate = ~0ULL,
                            .tcpi_bytes_acked = 1ULL << 40,
                            .tcpi_rcv_ooopack = 5,
                            .tcpi_snd_wnd = 6};
    static const struct {
        const char *name;
        int64_t number;
    } all[] = {{"tcpi_state", 1},
               {"tcpi_snd_wscale", 7},
               {"tcpi_rcv_wscale", 9},
               {"tcpi_delivery_rate_app_limited", 1},
               {"tcpi_rto", 204000},
               {"tcpi_max_pacing_rate", INT64_MAX},
               {"tcpi_bytes_acked", INT64_C(1) << 40},
               {"tcpi_rcv_ooopack", 5},
               {"tcpi_snd_wnd", 6},
               {"TCP_CA_Recovery", 3},
               {"TCPI_OPT_SYN_DATA", 32}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct pktnumber value = pktinfo_value(&info, sizeof info, all[i].name);
        cr_expect(value.known && value.number == all[i].number, "%s is %lld", all[i].name,
                  (long long)value.number);
        cr_expect(pktinfo_knows(all[i].name));
    }
}

Test(pktinfo, what_the_kernel_did_not_give_has_no_value)
{
    struct tcp_info info = {0};
    cr_expect_not(pktinfo_value(&info, sizeof info, "tcpi_accecn_opt_seen").known);
    cr_expect_not(pktinfo_value(&info, 8, "tcpi_rto").known);
    cr_expect_not(pktinfo_value(&info, sizeof info, "tcpi_nothing").known);
    cr_expect_not(pktinfo_knows("tcpi_nothing"));
}
