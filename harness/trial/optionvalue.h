/* SPDX-License-Identifier: MIT */
/*
 * Values of socket options, between a case's words and the bytes that getsockopt and setsockopt
 * take.
 */
#ifndef SOCKPROOF_TRIAL_OPTIONVALUE_H
#define SOCKPROOF_TRIAL_OPTIONVALUE_H

#include "case/constant.h"
#include "trial/state.h"

/* The number of an option, level << 32 | number, by the stack under test; 0 for a word that is none
   (the checker has seen to that), with the trial broken when the stack does not have it. */
int64_t optionvalue_number(struct trial *trial, const char *name);
/* Writes what value says of option to out, OPTION_ROOM bytes. Returns the bytes written; 0 with the
   trial broken when the stack cannot take it. */
size_t optionvalue_write(struct trial *trial, const struct option *option, const struct node *value,
                         void *out);
/* What the size bytes that the option of that number gave stand for; NULL: for no value. New
   reference. */
json_t *optionvalue_json(const struct trial *trial, int64_t number, const void *bytes, size_t size);

#endif
