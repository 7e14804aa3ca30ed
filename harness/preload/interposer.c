/* SPDX-License-Identifier: MIT */
#include "preload/child.h"
#include "preload/control.h"
#include "preload/entry.h"
#include "preload/intercept.h"
#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The interposer: a shared object that LD_PRELOAD puts in front of the C library. Before main it
 * maps the control file that the environment names, enables the plan's points in this process, and
 * begins to intercept. Without one, or with one that is not ours, every call passes straight
 * through.
 */
static struct control *map(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    void *found = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &status) == 0 && (size_t)status.st_size == sizeof(struct control))
        found = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    return found != MAP_FAILED ? found : NULL;
}

static __attribute__((constructor)) void begin(void)
{
    const char *path = getenv(CONTROL_VARIABLE);
    real_open();
    struct control *control = path != NULL ? map(path) : NULL;
    if (control != NULL && control->magic == CONTROL_MAGIC && plan_arm(&control->plan) == 0) {
        entry_open(control);
        child_open(control);
        lineage_open(control, entry_process);
        entry_process();
        intercept_open(control);
    }
    if (!intercept_on)
        wrap_straight();
}
