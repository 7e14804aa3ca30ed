/* SPDX-License-Identifier: MIT */
/*
 * Consent: a case may come from anywhere, and the programs that it runs have the rights of who runs
 * it. The suite's own run; those of others when somebody asked for it.
 */
#ifndef SOCKPROOF_ENGINE_CONSENT_H
#define SOCKPROOF_ENGINE_CONSENT_H

#include "case/case.h"
#include "engine/config.h"

/* Whether the file at path (from the current folder, or absolute) is one of the suite's own: at or
   below cases/ or fixtures/ of root, links followed. Any thread. */
bool consent_owns(const char *root, const char *path);
/* Why the variant is not run: it runs programs and nobody asked for that. Where programs cannot be
   confined, those of the suite's own want to be asked for, too; the commands of a script always do.
   CODE_NONE: it may. The reason is static. */
struct skip consent_skip(const struct config *config, const struct variant *variant, bool confined);

#endif
