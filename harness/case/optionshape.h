/* SPDX-License-Identifier: MIT */
/*
 * The shapes of options that take a structure, an address or bytes; the others' are in format.h.
 */
#ifndef SOCKPROOF_CASE_OPTIONSHAPE_H
#define SOCKPROOF_CASE_OPTIONSHAPE_H

#include "case/shape.h"

/* What setsockopt takes, and what is expected of getsockopt; NULL: not one of these types. */
const struct shape *optionshape_given(enum option_type type);
const struct shape *optionshape_seen(enum option_type type);

#endif
