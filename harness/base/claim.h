/* SPDX-License-Identifier: MIT */
/*
 * Claim: what of the machine's ports no other process of ours has, of this run or of another.
 *
 * It is held by a name in the abstract namespace (unix(7)), which the kernel gives back when its
 * holder is gone, however that came. The namespace is that of the network.
 */
#ifndef SOCKPROOF_BASE_CLAIM_H
#define SOCKPROOF_BASE_CLAIM_H

enum {
    CLAIM_FIRST = 10000, /* below the usual ephemeral range */
    CLAIM_PORTS = 500,
    CLAIM_BLOCKS = 40
};

/* Claims what is called by a kind ("port") and a number. The descriptor that holds it, which is the
   caller's to close; -1 when another has it. */
int claim_name(const char *kind, int number);
/* Claims a block of CLAIM_PORTS ports, the one of that number if nobody has it. Its number from 0,
   with the descriptor that holds it in *fd, which is the caller's to close; -1 when all are held.
 */
int claim_block(int number, int *fd);

#endif
