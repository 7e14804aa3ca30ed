/* SPDX-License-Identifier: MIT */
#include "wire/lossy.h"

#include "wire/netlink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RTO_MIN_KEY "net.ipv4.tcp_rto_min_us"
#define PREFIX4 24
#define PREFIX6 64

struct kept {
    const struct profile_entry *entry;
    int fd; /* -1 for one that this kernel does not have */
    char before[PROFILE_VALUE];
};

struct lossy {
    struct lossy_route route;
    size_t count;
    struct kept kept[];
};

static int keep(struct kept *kept, const struct profile_entry *entry, char *why, size_t size)
{
    kept->entry = entry;
    int status = profile_open(entry, &kept->fd, why, size);
    if (status == 0 && kept->fd >= 0 &&
        profile_read(kept->fd, kept->before, sizeof kept->before) < 0) {
        snprintf(why, size, "%s cannot be read: %s", entry->key, strerror(errno));
        status = -1;
    }
    return status;
}

struct lossy *lossy_open(const struct profile *profile, const struct lossy_route *route, char *why,
                         size_t size)
{
    size_t count = profile->lossy_count;
    struct lossy *lossy = calloc(1, sizeof *lossy + count * sizeof lossy->kept[0]);
    int status = lossy != NULL ? 0 : -1;
    if (lossy == NULL) {
        snprintf(why, size, "the lossy profile: %s", strerror(errno));
        goto out;
    }
    lossy->route = *route;
    for (size_t i = 0; i < count && status == 0; i++, lossy->count++)
        status = keep(&lossy->kept[i], &profile->lossy[i], why, size);
out:
    if (status < 0) {
        lossy_free(lossy);
        lossy = NULL;
    }
    return lossy;
}

void lossy_free(struct lossy *lossy)
{
    for (size_t i = 0; lossy != NULL && i < lossy->count; i++)
        if (lossy->kept[i].fd >= 0)
            close(lossy->kept[i].fd);
    free(lossy);
}

/* The least that a route can say is one millisecond. */
static int set_route(const struct lossy_route *route, const char *value_us, bool on, char *why,
                     size_t size)
{
    unsigned long us = strtoul(value_us, NULL, 10);
    unsigned ms = !on ? 0 : us < 1000 ? 1 : (unsigned)(us / 1000);
    int status =
        netlink_route_rto(route->netlink, route->index, AF_INET, route->address4, PREFIX4, ms);
    if (status == 0)
        status =
            netlink_route_rto(route->netlink, route->index, AF_INET6, route->address6, PREFIX6, ms);
    if (status < 0)
        snprintf(why, size, "rto_min of the route: %s", strerror(errno));
    return status;
}

int lossy_set(struct lossy *lossy, bool on, char *why, size_t size)
{
    int status = 0;
    for (size_t i = 0; i < lossy->count && status == 0; i++) {
        const struct kept *kept = &lossy->kept[i];
        const char *value = kept->entry->value;
        if (kept->fd >= 0)
            status =
                profile_write(kept->fd, kept->entry->key, on ? value : kept->before, why, size);
        else if (strcmp(kept->entry->key, RTO_MIN_KEY) == 0)
            status = set_route(&lossy->route, value, on, why, size);
    }
    return status;
}
