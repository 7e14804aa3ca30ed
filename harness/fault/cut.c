/* SPDX-License-Identifier: MIT */
#include "fault/cut.h"

size_t cut_buffers(struct iovec *out, size_t room, const struct iovec *iov, size_t count,
                   size_t size)
{
    size_t kept = 0;
    for (; kept < count && kept < room && size > 0; kept++) {
        out[kept] = iov[kept];
        if (out[kept].iov_len > size)
            out[kept].iov_len = size;
        size -= out[kept].iov_len;
    }
    return kept;
}

size_t cut_total(const struct iovec *iov, size_t count)
{
    size_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += iov[i].iov_len;
    return sum;
}
