/* SPDX-License-Identifier: MIT */
/*
 * The shapes of faults: those of case files, and those of plans for programs.
 */
#ifndef SOCKPROOF_CASE_FAULTSHAPE_H
#define SOCKPROOF_CASE_FAULTSHAPE_H

#include "case/shape.h"

/* One fault of a case; the faults' names are the checker's. */
extern const struct shape faultshape_fault;
/* A plan file: the faults of a program that the interposer carries out. */
extern const struct shape faultshape_plan;

#endif
