/* SPDX-License-Identifier: MIT */
/*
 * The fuzz target of packets: whatever a frame holds, it is taken apart, named, described, damaged
 * and mended. How it is run, and where its corpus lies: fixtures/fuzz/README.
 */
#include "packet/anyframe.h"

/* One input of libFuzzer: size bytes, as a frame. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *room = malloc(FRAME_MAX);
    if (room != NULL)
        anyframe_try(data, size, room + FRAME_MAX);
    free(room);
    return 0;
}
