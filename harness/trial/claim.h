/* SPDX-License-Identifier: MIT */
/*
 * Claim: a block of the machine's ports that no other worker has, of this run or of another.
 *
 * It is held by a name in the abstract namespace (unix(7)), which the kernel gives back when its
 * holder is gone, however that came. The namespace is that of the network.
 */
#ifndef SOCKPROOF_TRIAL_CLAIM_H
#define SOCKPROOF_TRIAL_CLAIM_H

enum {
    CLAIM_FIRST = 10000, /* below the usual ephemeral range */
    CLAIM_PORTS = 500,
    CLAIM_BLOCKS = 40
};

/* Claims a block, the one of that number if nobody has it. Its number from 0, with the descriptor
   that holds it in *fd, which is the caller's to close; -1 when all are held. */
int claim_block(int number, int *fd);

#endif
