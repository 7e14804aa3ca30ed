/* SPDX-License-Identifier: MIT */
/*
 * The sysctls of a host: all that /proc/sys/net says in a network namespace. Reading them takes
 * some milliseconds.
 */
#ifndef SOCKPROOF_WIRE_SYSCTLS_H
#define SOCKPROOF_WIRE_SYSCTLS_H

#include <stdbool.h>
#include <stddef.h>

/* The values in the caller's network namespace, a line each, but for those that change by
   themselves or that the worker sets for every case. The caller frees; NULL with errno. */
char *sysctls_take(void);
/* The first difference between two takings, in words ("net.ipv4.ip_forward is 1 where it was 0"),
   in text, of size bytes. False: there is none. */
bool sysctls_differ(const char *before, const char *now, char *text, size_t size);

#endif
