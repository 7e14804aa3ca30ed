/* SPDX-License-Identifier: MIT */
/*
 * A program that a case runs: where it is, and what to install when it is not.
 */
#ifndef SOCKPROOF_CASE_PROGRAM_H
#define SOCKPROOF_CASE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/* Finds name in PATH, /usr/sbin, /sbin and /usr/games; out may be NULL. False when it is in none.
 */
bool program_find(const char *name, char *out, size_t size);
/* The Debian package that holds it, or NULL when the list (program.def) does not know it. */
const char *program_package(const char *name);

#endif
