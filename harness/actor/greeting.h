/* SPDX-License-Identifier: MIT */
/*
 * The greeting: the line with which a relay begins. It says which protocol it speaks, and how it
 * numbers calls and constants and lays out what Linux gives: frames are the same on every machine,
 * and what they carry is not.
 */
#ifndef SOCKPROOF_ACTOR_GREETING_H
#define SOCKPROOF_ACTOR_GREETING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of the frames and what follows them. */
enum { RELAY_PROTOCOL = 1, GREETING_ROOM = 256, GREETING_WORDS = 41 };

struct greeting {
    unsigned protocol;
    uint64_t table;   /* greeting_table */
    bool sctp;        /* its kernel has SCTP sockets */
    char machine[32]; /* as uname(2) calls it */
    char kernel[80];  /* its release, or what SOCKPROOF_VERSION says there */
    bool alone;       /* SOCKPROOF_ALONE is set there: one relay has all of a host */
};

/* A hash of all names and numbers of calls, constants and options, and of the layouts: the same
   where both sides can understand each other. */
uint64_t greeting_table(void);
/* The line of this process, with its newline. */
void greeting_write(char line[GREETING_ROOM]);
/* Reads one, without its newline. False when it is none, or of a side that cannot be understood,
   with a sentence in why, of size bytes. */
bool greeting_read(const char *line, struct greeting *greeting, char *why, size_t size);
/* Where in what a command has printed its greeting begins, at the beginning of a line; NULL:
   nowhere. Other lines may stand before it: a login, an emulator or a console prints what it likes.
 */
const char *greeting_find(const char *bytes, size_t count);
/* The first words of what was printed, as one line in printable signs. */
void greeting_words(const char *bytes, size_t count, char words[GREETING_WORDS]);

#endif
