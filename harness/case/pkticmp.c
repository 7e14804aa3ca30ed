/* SPDX-License-Identifier: MIT */
#include "case/pkticmp.h"

#include <string.h>

enum { NONE = -1 };

static const struct message {
    const char *type, *name; /* name NULL: the message has none */
    int type4, code4, type6, code6;
} messages[] = {
    {"unreachable", "net_unreachable", 3, 0, 1, 0},
    {"unreachable", "host_unreachable", 3, 1, 1, 3},
    {"unreachable", "protocol_unreachable", 3, 2, NONE, 0},
    {"unreachable", "port_unreachable", 3, 3, 1, 4},
    {"unreachable", "frag_needed", 3, 4, 2, 0},
    {"unreachable", "source_route_failed", 3, 5, NONE, 0},
    {"unreachable", "net_unknown", 3, 6, NONE, 0},
    {"unreachable", "host_unknown", 3, 7, NONE, 0},
    {"unreachable", "source_host_isolated", 3, 8, NONE, 0},
    {"unreachable", "net_prohibited", 3, 9, 1, 1},
    {"unreachable", "host_prohibited", 3, 10, 1, 1},
    {"unreachable", "net_tos", 3, 11, NONE, 0},
    {"unreachable", "host_tos", 3, 12, NONE, 0},
    {"unreachable", "packet_filtered", 3, 13, 1, 1},
    {"unreachable", "precedence_violation", 3, 14, NONE, 0},
    {"unreachable", "precedence_cutoff", 3, 15, NONE, 0},
    {"unreachable", "no_route", NONE, 0, 1, 0},
    {"unreachable", "admin_prohibited", 3, 13, 1, 1},
    {"unreachable", "address_unreachable", 3, 1, 1, 3},
    {"packet_too_big", NULL, 3, 4, 2, 0},
    {"source_quench", NULL, 4, 0, NONE, 0},
    {"time_exceeded", NULL, 11, 0, 3, 0},
    {"time_exceeded", "ttl_exceeded", 11, 0, 3, 0},
    {"parameter_problem", NULL, 12, 0, 4, 0},
};

static const struct message *find(const char *type, const char *name)
{
    const struct message *found = NULL;
    for (size_t i = 0; i < sizeof messages / sizeof *messages && found == NULL; i++) {
        const struct message *one = &messages[i];
        bool same = one->name == NULL ? name == NULL : name != NULL && strcmp(one->name, name) == 0;
        if (strcmp(one->type, type) == 0 && same)
            found = one;
    }
    return found;
}

bool pkticmp_find(const char *type, const char *name, bool six, int *number, int *code)
{
    const struct message *message = find(type, name);
    *number = message == NULL ? NONE : six ? message->type6 : message->type4;
    *code = message == NULL ? 0 : six ? message->code6 : message->code4;
    return *number != NONE;
}

bool pkticmp_knows(const char *type, const char *name)
{
    return find(type, name) != NULL;
}
