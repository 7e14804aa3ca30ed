/* SPDX-License-Identifier: MIT */
#include "wire/inspector.h"

#include "wire/inventory.h"
#include "wire/netlink.h"
#include "wire/sysctls.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GROUP(number) (1U << ((number)-1))
#define NEWS                                                                                       \
    (GROUP(RTNLGRP_LINK) | GROUP(RTNLGRP_NEIGH) | GROUP(RTNLGRP_TC) | GROUP(RTNLGRP_IPV4_IFADDR) | \
     GROUP(RTNLGRP_IPV4_ROUTE) | GROUP(RTNLGRP_IPV4_RULE) | GROUP(RTNLGRP_IPV6_IFADDR) |           \
     GROUP(RTNLGRP_IPV6_ROUTE) | GROUP(RTNLGRP_IPV6_RULE))

struct inspector {
    int notices; /* rtnetlink: everything that it tells of by itself */
    int asking;
    struct inventory made;
    struct sysctls *sysctls; /* NULL: not prepared */
};

/* True when something has come, all of which is read. ENOBUFS says that it was more than fits. */
static bool heard(const struct inspector *inspector)
{
    char bytes[8192];
    bool any = false;
    ssize_t got = 0;
    do {
        got = recv(inspector->notices, bytes, sizeof bytes, MSG_DONTWAIT | MSG_TRUNC);
        any = any || got >= 0 || errno == ENOBUFS;
    } while (got >= 0 || errno == ENOBUFS || errno == EINTR);
    return any;
}

struct inspector *inspector_new(void)
{
    struct inspector *inspector = malloc(sizeof *inspector);
    if (inspector == NULL)
        return NULL;
    *inspector = (struct inspector){.notices = netlink_listen(NEWS), .asking = netlink_open()};
    if (inspector->notices < 0 || inspector->asking < 0 ||
        inventory_near(&inspector->made, inspector->asking) < 0) {
        int error = errno;
        inspector_free(inspector);
        errno = error;
        inspector = NULL;
    }
    return inspector;
}

void inspector_free(struct inspector *inspector)
{
    if (inspector == NULL)
        return;
    if (inspector->notices >= 0)
        close(inspector->notices);
    if (inspector->asking >= 0)
        close(inspector->asking);
    sysctls_free(inspector->sysctls);
    free(inspector);
}

int inspector_prepare(struct inspector *inspector)
{
    if (inspector->sysctls != NULL)
        return 0;
    if (inventory_far(&inspector->made) < 0)
        return -1;
    inspector->sysctls = sysctls_open();
    return inspector->sysctls != NULL ? 0 : -1;
}

static bool says(bool differs, const char *what, char *text, size_t size)
{
    if (differs)
        snprintf(text, size, "%s", what);
    return differs;
}

/* A look that fails, by errno. */
static bool keeps_silent(char *text, size_t size)
{
    snprintf(text, size, "belongings, which it does not tell any more (%s)", strerror(errno));
    return true;
}

static bool finds_near(const struct inspector *inspector, char *what, size_t size)
{
    struct inventory now = {{0}};
    if (inventory_near(&now, inspector->asking) < 0)
        return keeps_silent(what, size);
    enum belonging at =
        inventory_difference(&inspector->made, &now, BELONGING_LINKS, BELONGING_FAR);
    return says(at != BELONGING_FAR, inventory_name(at), what, size);
}

static bool finds_far(const struct inspector *inspector, char *what, size_t size)
{
    struct inventory now = {{0}};
    if (inventory_far(&now) < 0)
        return keeps_silent(what, size);
    enum belonging at =
        inventory_difference(&inspector->made, &now, BELONGING_FAR, BELONGING_COUNT);
    if (says(at != BELONGING_COUNT, inventory_name(at), what, size))
        return true;
    return inspector->sysctls != NULL
               ? sysctls_differ(inspector->sysctls, what, size)
               : says(true, "sysctls, which nobody looked at before", what, size);
}

bool inspector_finds(struct inspector *inspector, enum inspection how, char *what, size_t size)
{
    bool closer = heard(inspector) || how != INSPECT_NOTICES;
    return (closer && finds_near(inspector, what, size)) ||
           (how == INSPECT_ALL && finds_far(inspector, what, size));
}
