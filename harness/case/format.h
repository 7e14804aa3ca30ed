/* SPDX-License-Identifier: MIT */
/*
 * The format: the shapes of what stands in a step.
 */
#ifndef SOCKPROOF_CASE_FORMAT_H
#define SOCKPROOF_CASE_FORMAT_H

#include "case/shape.h"
#include "verb/verb.h"

/* The shape of the verb's parameter of that number. */
const struct shape *format_param(const struct verb *verb, size_t number);
/* What a step may expect under that name. */
const struct shape *format_expectation(enum expectation expectation);
const struct shape *format_modifier(enum modifier modifier);
/* What setsockopt takes, and what a step may expect of getsockopt, for an option. */
const struct shape *format_option(const struct option *option);
const struct shape *format_option_value(const struct option *option);
/* What a command of fcntl or a request of ioctl takes; NULL: nothing. */
const struct shape *format_command(const char *name);
/* What a step may expect of fcntl, for a command. */
const struct shape *format_fcntl_value(const char *command);
/* True when a mapping in the place of this type's parameter may be a value of the type. */
bool format_takes_map(enum param_type type);

#endif
