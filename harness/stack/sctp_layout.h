/*
 * How sctp.def becomes layouts: for a dialect, in a file that has included its stack's header.
 */
#ifndef SOCKPROOF_STACK_SCTP_LAYOUT_H
#define SOCKPROOF_STACK_SCTP_LAYOUT_H

#include "stack/sctp.h"

/* A flexible array has no size of its own; nor has what is only bytes. */
#define WIDTH_NUMBER(structure, name) sizeof(((struct structure *)0)->name)
#define WIDTH_NOTICE WIDTH_NUMBER
#define WIDTH_ASSOC_STATE WIDTH_NUMBER
#define WIDTH_ADDRESS_STATE WIDTH_NUMBER
#define WIDTH_STATUS WIDTH_NUMBER
#define WIDTH_PATH WIDTH_NUMBER
#define WIDTH_INDICATION WIDTH_NUMBER
#define WIDTH_SEND_FLAG WIDTH_NUMBER
#define WIDTH_POLICY WIDTH_NUMBER
#define WIDTH_FAILED WIDTH_NUMBER
#define WIDTH_ADDRESS WIDTH_NUMBER
#define WIDTH_PORT WIDTH_NUMBER
#define WIDTH_REST(structure, name) 0
#define MEMBER(structure, name, set)                                                               \
    {                                                                                              \
#name, offsetof(struct structure, name), WIDTH_##set(structure, name), SCTP_SET_##set      \
    }

/* The lines of sctp.def as the three lists: define NAMED, OPTION, NOTICE and PLAIN as these. */
#define LAYOUT_NAMED(name, set) {#name, name, SCTP_SET_##set},
#define LAYOUT_OPTION(name, structure, ...) {#name, name, sizeof(struct structure), {__VA_ARGS__}},
#define LAYOUT_PLAIN(name) {#name, name, sizeof(int), {{"value", 0, sizeof(int), SCTP_SET_NUMBER}}},
#define LAYOUT_END                                                                                 \
    {                                                                                              \
        NULL, 0, 0,                                                                                \
        {                                                                                          \
            {                                                                                      \
                NULL, 0, 0, SCTP_SET_NUMBER                                                        \
            }                                                                                      \
        }                                                                                          \
    }

#endif
