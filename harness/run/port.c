#include "run/port.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* States of a socket in these tables (include/net/tcp_states.h). */
enum { LISTENS = 0x0a, UNCONNECTED = 0x07 };

static bool in_table(const char *process, const char *name, unsigned port, unsigned state)
{
    char line[512];
    bool found = false;
    snprintf(line, sizeof line, "%s/net/%s", process, name);
    FILE *table = fopen(line, "re");
    while (table != NULL && !found && fgets(line, sizeof line, table) != NULL) {
        char *rest = NULL;
        const char *local = strtok_r(line, " ", &rest) != NULL ? strtok_r(NULL, " ", &rest) : NULL;
        const char *remote = strtok_r(NULL, " ", &rest), *told = strtok_r(NULL, " ", &rest);
        const char *colon = local != NULL ? strrchr(local, ':') : NULL;
        found = colon != NULL && remote != NULL && told != NULL &&
                (port == 0 || strtoul(colon + 1, NULL, 16) == port) &&
                strtoul(told, NULL, 16) == state;
    }
    if (table != NULL)
        fclose(table);
    return found;
}

bool port_listens(const char *process, unsigned port, bool datagrams)
{
    return datagrams ? in_table(process, "udp", port, UNCONNECTED) ||
                           in_table(process, "udp6", port, UNCONNECTED)
                     : in_table(process, "tcp", port, LISTENS) ||
                           in_table(process, "tcp6", port, LISTENS);
}
