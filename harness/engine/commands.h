/* SPDX-License-Identifier: MIT */
/*
 * The commands of the engine, one function each. Each takes a configuration that has been read and
 * returns the process's exit status.
 */
#ifndef SOCKPROOF_ENGINE_COMMANDS_H
#define SOCKPROOF_ENGINE_COMMANDS_H

#include "engine/config.h"

/* Runs the variants of config->paths, or those that --select chooses. */
enum status command_run(const struct config *config);
/* Prints the variants, one a line. */
enum status command_list(const struct config *config);
/* Prints the lies that a stack or the wire can tell. */
enum status command_lies(const struct config *config);
/* Prints the stacks of this build. */
enum status command_stacks(const struct config *config);
/* Checks case files; STATUS_USAGE when one has an error. */
enum status command_lint(const struct config *config);
/* Explains a case, a requirement or a code. */
enum status command_explain(const struct config *config);
/* Tries what this machine can run; STATUS_NOTHING when nothing. */
enum status command_doctor(const struct config *config);
/* Prints the JSON Schema of case files, or their reference. */
enum status command_schema(const struct config *config);
/* Its status is the program's, or one of env(1)'s and timeout(1)'s: 124 to 127. */
int command_exec(const struct config *config);
/* Judges the recorded run in the report folder, or in the one given, by its events alone. 0: every
   verdict is as it was; 1: some is not. */
enum status command_judge(const struct config *config);
/* Times round trips; STATUS_NOTHING when none could be. */
enum status command_bench_rtt(const struct config *config);

#endif
