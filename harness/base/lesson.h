/* SPDX-License-Identifier: MIT */
/*
 * A lesson: what a table says of one of its entries, for people. The reference of the format is
 * made of lessons, so what a table does not say is nowhere.
 */
#ifndef SOCKPROOF_BASE_LESSON_H
#define SOCKPROOF_BASE_LESSON_H

struct lesson {
    const char *sentence; /* one sentence, or a few short ones */
    /* A small case, line by line, that is accepted and passes: its steps, and before them those
       keys of the top level that are not transport: tcp and setup: connected. NULL: none. */
    const char *example;
};

/* A line of an example, as it stands in the table: EG(client: {send: "x"}). A line with a '$',
   which ISO C takes in strings only, is written as a string that ends with a newline. */
#define EG(...) #__VA_ARGS__ "\n"

#endif
