/* SPDX-License-Identifier: MIT */
/*
 * The shape of a case file's top level, less what its steps and variants hold.
 */
#ifndef SOCKPROOF_CASE_TOPSHAPE_H
#define SOCKPROOF_CASE_TOPSHAPE_H

#include "case/shape.h"

extern const struct shape topshape_case;

#endif
