/* SPDX-License-Identifier: MIT */
/*
 * SCTP's values between case files and a stack: the words and structures of its options and
 * notifications, by the names of RFC 6458, in the layout and the numbers of the stack under test.
 */
#ifndef SOCKPROOF_TRIAL_SCTPVALUE_H
#define SOCKPROOF_TRIAL_SCTPVALUE_H

#include "trial/state.h"

/* The number of one word (SCTP_UNORDERED, or a plain number); the trial is broken when the stack
   does not know it. */
int64_t sctpvalue_word(struct trial *trial, const char *text);
/* A word, or the sum of a list of them. */
int64_t sctpvalue_words(struct trial *trial, const struct node *node);
/* The number of an option; the trial is broken when the stack does not have it. */
int sctpvalue_number(struct trial *trial, const char *option);
/* Writes an option's structure to out, room bytes; what the mapping does not give is 0. Its size,
   or 0 with the trial broken. */
size_t sctpvalue_option(struct trial *trial, const char *option, const struct node *value,
                        void *out, size_t room);
/* What came out of getsockopt: {"srto_initial": 3000, …}, or the number of a plain option. New
   reference. */
json_t *sctpvalue_option_json(const struct trial *trial, int number, const void *bytes,
                              size_t size);
/* A notification: {"type": "SCTP_ASSOC_CHANGE", "state": "SCTP_COMM_UP", …}. New reference. */
json_t *sctpvalue_notification(const struct trial *trial, const void *bytes, size_t size);
/* What was told of a message, NULL when nothing was. New reference. */
json_t *sctpvalue_info(const struct sctp_receive *told);

#endif
