/* SPDX-License-Identifier: MIT */
/*
 * A remote: whom a connect asks for, in one number, as a record has room for it.
 */
#ifndef SOCKPROOF_PRELOAD_REMOTE_H
#define SOCKPROOF_PRELOAD_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* The address of length bytes (NULL: none) as a number; 0 for one without a port. Any thread, any
   signal handler. */
int64_t remote_pack(const struct sockaddr *address, socklen_t length);
/* What the number stands for, as "127.0.0.1:80"; of other addresses of IPv6 than ::1 the port alone
   is kept: "[ipv6]:80". False for 0. */
bool remote_text(int64_t packed, char *out, size_t size);

#endif
