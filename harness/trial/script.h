/* SPDX-License-Identifier: MIT */
/*
 * A packetdrill script being carried out: when its events are due, what the remote host sends, and
 * what of the packets that the host under test has sent is its next.
 *
 * Theory of operation. Calls are steps of the actor like any others; packets and times are this
 * noun's. Times are microseconds of the log. Three of them are kept of the event before: when it
 * was reached (a delay is waited for from there), since when what it has brought about may have
 * been sent (a packet that comes too early is held against that) and until when it was under way
 * (one that comes too late is held against that): so that the harness's own slowness makes no
 * packet early or late. A packet has the kernel's own stamp. What begins later than the tolerance
 * after it was due is noted: a script that fails and was late proves nothing and is run again.
 */
#ifndef SOCKPROOF_TRIAL_SCRIPT_H
#define SOCKPROOF_TRIAL_SCRIPT_H

#include "trial/state.h"

struct pending;

/* The variant's script begins, if it is one: trial->script. */
void script_begin(struct trial *trial);
/* Waits until the event of the step is due. False when the trial is no longer good. */
bool script_due(struct trial *trial, const struct step *step);
/* Carries out a step that is a packet's event. */
void script_packet(struct trial *trial, const struct step *step);
/* The call of a step has ended, and was examined: what the script says of its time and, of a code,
   of TCP_INFO is held against it. */
void script_called(struct trial *trial, const struct step *step, const struct pending *pending);
/* A step of the script is over. */
void script_reached(struct trial *trial, const struct step *step);
/* The script is over. One that has failed while it was late is broken: it proved nothing. */
void script_end(struct trial *trial);
/* What a run again of the script is asked for with, as pulse_disturbed, and tries, how often: it
   was late, or has failed by a time, which is a failure where each try comes to it. NULL: neither.
 */
json_t *script_late(const struct trial *trial);

#endif
