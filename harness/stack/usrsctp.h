/* SPDX-License-Identifier: MIT */
/*
 * The usrsctp stack: SCTP of libusrsctp in the actor's own process. Its packets go through raw
 * sockets of protocol 132 of the actor's host, so that our wire carries them like any other, over
 * IPv4 and IPv6 and all addresses of the host. The library is the one that Debian ships, untouched;
 * its clock and its randomness are ours.
 *
 * A socket is known by a descriptor of the process (an eventfd that only holds the number). There
 * is one process of it to a host: a raw socket hears every association of the host, and two
 * processes would answer each other's.
 */
#ifndef SOCKPROOF_STACK_USRSCTP_H
#define SOCKPROOF_STACK_USRSCTP_H

#include "stack/stack.h"

extern const struct stack stack_usrsctp;

#endif
