/* SPDX-License-Identifier: MIT */
/*
 * Calls that send and receive, and those that wait for that, of scripts.
 */
#ifndef SOCKPROOF_CASE_PKTMESSAGE_H
#define SOCKPROOF_CASE_PKTMESSAGE_H

#include "case/pktbuild.h"

/* Each makes the step of the call that it is called after; recv also of recvfrom, send of sendto.
 */
void pktmessage_read(struct pktbuild *build);
void pktmessage_recv(struct pktbuild *build);
void pktmessage_readv(struct pktbuild *build);
void pktmessage_write(struct pktbuild *build);
void pktmessage_send(struct pktbuild *build);
void pktmessage_writev(struct pktbuild *build);
void pktmessage_sendmsg(struct pktbuild *build);
void pktmessage_recvmsg(struct pktbuild *build);
void pktmessage_poll(struct pktbuild *build);
void pktmessage_epoll_create(struct pktbuild *build);
void pktmessage_epoll_ctl(struct pktbuild *build);
void pktmessage_epoll_wait(struct pktbuild *build);
/* The signal that goes with EPIPE of a send, which scripts do not speak of. */
void pktmessage_put_signal(struct pktbuild *build);

#endif
