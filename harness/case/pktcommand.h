/* SPDX-License-Identifier: MIT */
/*
 * The shell commands of packetdrill scripts: which files they name, and what they ask of the host
 * that its owner may not set.
 */
#ifndef SOCKPROOF_CASE_PKTCOMMAND_H
#define SOCKPROOF_CASE_PKTCOMMAND_H

#include "case/pkt.h"

/* Calls found with each file or folder, from the root, that a word of the script's commands names:
   the script stands at path, and commands run in its folder. */
void pktcommand_each_file(const struct pkt_script *script, const char *path,
                          void (*found)(void *context, const char *file), void *context);
/* The congestion control that the commands, or the files that they name, set; NULL: none. Owned by
   arena. */
const char *pktcommand_congestion(const struct pkt_script *script, const char *path,
                                  struct arena *arena);

#endif
