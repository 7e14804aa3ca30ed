/* SPDX-License-Identifier: MIT */
#include "preload/child.h"
#include "preload/control.h"
#include "preload/entry.h"
#include "preload/environment.h"
#include "preload/guard.h"
#include "preload/handover.h"
#include "preload/intercept.h"
#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <fcntl.h>
#include <limits.h>
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
static struct control *map(int fd)
{
    struct stat status;
    void *found = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &status) == 0 && (size_t)status.st_size == sizeof(struct control))
        found = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    struct control *control = found != MAP_FAILED ? found : NULL;
    if (control != NULL && control->magic != CONTROL_MAGIC) {
        munmap(found, sizeof(struct control));
        control = NULL;
    }
    return control;
}

/* A descriptor of the file, to be inherited; -1: there is none. */
static int lend(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    int lent = fd >= 0 ? handover_lend(fd, (handover_control *)REAL(fcntl)) : -1;
    if (fd >= 0)
        close(fd);
    return lent;
}

/* What we were given, or find by its name; in handover stands what we give in turn. */
static struct control *take(struct handover *handover)
{
    struct control *control = map(handover->control);
    struct stat status;
    if (control == NULL) {
        handover->control = lend(handover->path, O_RDWR);
        control = map(handover->control);
    }
    if (control != NULL && (handover->object < 0 || fstat(handover->object, &status) < 0))
        handover->object = lend(environment_object(), O_RDONLY);
    return control;
}

static __attribute__((constructor)) void begin(void)
{
    const char *text = getenv(CONTROL_VARIABLE);
    static char kept[PATH_MAX]; /* the program may overwrite its environment */
    struct handover handover = {.control = -1};
    struct control *control = NULL;
    real_open();
    if (text != NULL && strlen(text) < sizeof kept) {
        handover_read(memcpy(kept, text, strlen(text) + 1), &handover);
        environment_open(getenv("LD_PRELOAD"));
        control = take(&handover);
    }
    if (control != NULL && plan_arm(&control->plan) == 0) {
        guard_open(&handover);
        entry_open(control);
        child_open(control);
        lineage_open(control, entry_process);
        entry_process();
        intercept_open(control);
    }
    if (!intercept_on)
        wrap_straight();
}
