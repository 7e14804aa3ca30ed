/* SPDX-License-Identifier: MIT */
/*
 * Control messages of scripts: [{cmsg_level=SOL_IP, cmsg_type=IP_RECVERR, cmsg_data={…}}].
 */
#ifndef SOCKPROOF_CASE_PKTCONTROL_H
#define SOCKPROOF_CASE_PKTCONTROL_H

#include "case/pktbuild.h"

/* The room for control messages that recvmsg is given. */
#define PKTCONTROL_ROOM 512

/* What a recvmsg is expected to give as control messages. */
struct node *pktcontrol_expected(struct pktbuild *build, const struct pkt_value *list);

#endif
