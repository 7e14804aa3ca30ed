/* SPDX-License-Identifier: MIT */
/*
 * The fuzz target of baselines: whatever a file says, it is a baseline or is refused, and what it
 * excuses is found and said. How it is run, and where its corpus lies: fixtures/fuzz/README.
 */
#include "base/arena.h"
#include "trial/baseline.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* One input of libFuzzer: size bytes, as a baseline. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct baseline *baseline, struct arena *arena)
{
    static const char *const versions[] = {"6.1.0", "2.1.3", ""};
    static const char *const observed[] = {"0", "EINVAL", "\"text\"", "[1, 2]"};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        struct excuses found = baseline_excuses(baseline, "tcp/close/half-close",
                                                "tcp/close/half-close[inet6]", versions[i], arena);
        for (size_t at = 0; at < found.count; at++)
            excuse_print(found.list[at], arena);
        for (size_t at = 0; at < sizeof observed / sizeof *observed; at++)
            excuses_find(&found, 1, "errno", observed[at]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct baseline baseline = {0, NULL};
    struct arena *arena = arena_new();
    char path[32];
    int file = memfd_create("baseline", MFD_CLOEXEC);
    if (file < 0 || write(file, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    baseline_load(&baseline, arena, ".", path);
    ask(&baseline, arena);
    arena_free(arena);
    close(file);
    return 0;
}
