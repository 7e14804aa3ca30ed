#include "engine/commands.h"
#include "liar/liar.h"
#include "liar/packet_lie.h"
#include "liar/sctp.h"

#include <stdio.h>

/* One a line: the name, a tab, what is told. */
enum status command_lies(const struct config *config)
{
    (void)config;
    for (const char *const *name = liar_names(); *name != NULL; name++)
        printf("%s\t%s\n", *name, liar_says(*name));
    for (const char *const *name = liar_sctp_names(); *name != NULL; name++)
        printf("%s\t%s\n", *name, liar_sctp_says(*name));
    for (const char *const *name = packet_lie_names(); *name != NULL; name++)
        printf("%s\t%s\n", *name, packet_lie_says(packet_lie_find(*name)));
    return STATUS_GOOD;
}
