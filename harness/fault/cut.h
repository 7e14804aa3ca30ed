/* SPDX-License-Identifier: MIT */
/*
 * A cut: the first bytes of what lies in several buffers. Any thread, any signal handler.
 */
#ifndef SOCKPROOF_FAULT_CUT_H
#define SOCKPROOF_FAULT_CUT_H

#include <stddef.h>
#include <sys/uio.h>

/* Writes to out, which has room for so many, as many of the count buffers as hold size bytes, the
   last one shortened; fewer bytes when there is no room. Returns how many buffers. */
size_t cut_buffers(struct iovec *out, size_t room, const struct iovec *iov, size_t count,
                   size_t size);
/* The bytes in count buffers. */
size_t cut_total(const struct iovec *iov, size_t count);

#endif
