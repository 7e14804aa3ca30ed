/* SPDX-License-Identifier: MIT */
/*
 * Figures: whether the name of a host is an address in figures, for which no name server is asked
 * (getaddrinfo(3), gethostbyname(3)). Any thread, any signal handler.
 */
#ifndef SOCKPROOF_PRELOAD_FIGURES_H
#define SOCKPROOF_PRELOAD_FIGURES_H

#include <netdb.h>
#include <stdbool.h>

/* True for "127.0.0.1", "127.1", "fe80::1%lo"; and for NULL, which is no name. */
bool figures(const char *name);
/* True when a getaddrinfo with these asks nobody. hints may be NULL. */
bool figures_of_host(const char *name, const struct addrinfo *hints);

#endif
