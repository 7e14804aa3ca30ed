/* SPDX-License-Identifier: MIT */
/*
 * The sysctls of a host: all that /proc/sys/net says in a network namespace. They stay open, so
 * that a later look at all of them costs a call each; opening them takes some milliseconds.
 */
#ifndef SOCKPROOF_WIRE_SYSCTLS_H
#define SOCKPROOF_WIRE_SYSCTLS_H

#include <stdbool.h>
#include <stddef.h>

struct sysctls;

/* Those of the caller's network namespace with what they say, but for those that change by
   themselves or that the worker sets for every case. As many as may be stay open. The caller frees;
   NULL with errno. */
struct sysctls *sysctls_open(void);
/* NULL is fine. */
void sysctls_free(struct sysctls *sysctls);
/* The first that says something else now, in words ("net.ipv4.ip_forward is 1 where it was 0"), in
   text, of size bytes. False: there is none. To be called in their network namespace. */
bool sysctls_differ(const struct sysctls *sysctls, char *text, size_t size);
/* Sets in the caller's network namespace, which is another, what they said, as far as it can be set
   there and is not so already. */
void sysctls_carry(const struct sysctls *sysctls);

#endif
