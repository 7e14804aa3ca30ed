/* SPDX-License-Identifier: MIT */
/*
 * Devices: /dev as a confined process sees it that is root outside. A device that belongs to root
 * is root's to open, for writing too, however its mount can only be read: so it is not there.
 */
#ifndef SOCKPROOF_TRIAL_DEVICES_H
#define SOCKPROOF_TRIAL_DEVICES_H

/* Makes /dev the caller's own, who has a mount namespace of its own: what programs lean on is there
   (null, random, tty, pts, net/tun, …), and nothing else. 0, or -1 with errno. */
int devices_bare(void);

#endif
