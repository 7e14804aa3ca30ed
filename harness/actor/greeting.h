/* SPDX-License-Identifier: MIT */
/*
 * The greeting: the line with which a relay begins. It says which protocol it speaks, which calls,
 * constants and options it knows by name, and what machine it runs on: frames are the same on every
 * machine.
 */
#ifndef SOCKPROOF_ACTOR_GREETING_H
#define SOCKPROOF_ACTOR_GREETING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of the frames and what follows them. */
enum { RELAY_PROTOCOL = 2, GREETING_ROOM = 256, GREETING_WORDS = 41 };

struct greeting {
    unsigned protocol;
    uint64_t table;   /* greeting_table */
    uint64_t layout;  /* greeting_layout */
    unsigned word;    /* bits of a long */
    bool sctp;        /* its kernel has SCTP sockets, and they are laid out as here */
    char machine[32]; /* as uname(2) calls it */
    char kernel[80];  /* its release, or what SOCKPROOF_VERSION says there */
    bool alone;       /* SOCKPROOF_ALONE is set there: one relay has all of a host */
};

/* A hash of all names of calls, constants and options, in their order: the same where both sides
   can understand each other. */
uint64_t greeting_table(void);
/* A hash of the numbers of all constants and of the layout of structures. What SCTP tells is
   carried as the machine has it, to where that is the same. */
uint64_t greeting_layout(void);
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
