/*
 * The format: the shape of every place in a case file that has one of its own.
 */
#ifndef SOCKPROOF_CASE_FORMAT_H
#define SOCKPROOF_CASE_FORMAT_H

#include "case/shape.h"
#include "verb/verb.h"

/* The file's top level, less what its steps hold. */
extern const struct shape format_top;
/* One member of a row of variants: a scalar, or a list or mapping that stands for one. */
extern const struct shape format_bytes;

/* The shape of the verb's parameter of that number. */
const struct shape *format_param(const struct verb *verb, size_t number);
/* What a step may expect under that name. */
const struct shape *format_expectation(enum expectation expectation);
const struct shape *format_modifier(enum modifier modifier);
/* What setsockopt takes, and what a step may expect of getsockopt, for an option. */
const struct shape *format_option(const struct option *option);
const struct shape *format_option_value(const struct option *option);
/* What fcntl takes, and what a step may expect of it, for a command. */
const struct shape *format_fcntl(const char *command);
const struct shape *format_fcntl_value(const char *command);
/* True when a mapping in the place of this type's parameter may be a value of the type. */
bool format_takes_map(enum param_type type);

#endif
