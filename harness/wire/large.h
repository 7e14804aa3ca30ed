/* SPDX-License-Identifier: MIT */
/*
 * Packets above the MTU, as a device with offloads hands them to its host: one piece that stands
 * for many segments (packet(7), PACKET_VNET_HDR).
 */
#ifndef SOCKPROOF_WIRE_LARGE_H
#define SOCKPROOF_WIRE_LARGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest frame: an IP packet of 65535 bytes and the Ethernet header. */
#define LARGE_MAX (65535 + 14)

/* Lets the device of a tap, by its name, hand on in one piece what was put into it in one piece. A
   device that cannot hands on segments. */
void large_prepare(const char *name);
/* A socket on the device of a tap that takes what an offload would have made, and hears nothing: it
   takes the kernel some milliseconds to close one. The caller closes it. -1 with errno. */
int large_open(int tap);
/* Sends a frame with a TCP segment over IPv4 or IPv6 there, as if segments of so many bytes of
   payload had come and been put together. False with errno when it did not go: EINVAL, it is no
   such frame. */
bool large_send(int fd, const uint8_t *frame, size_t size, unsigned segment);

#endif
