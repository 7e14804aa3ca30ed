/* SPDX-License-Identifier: MIT */
#include "engine/candidate.h"
#include "engine/commands.h"
#include "engine/far.h"
#include "stack/plugin.h"
#include "stack/relayed.h"
#include "stack/stacks.h"

#include <stdio.h>
#include <stdlib.h>

/* Whether the file holds a stack; says which. */
static bool tell_of(const char *name, const char *what)
{
    struct plugin *plugin = candidate_plugin(name, what);
    if (plugin != NULL)
        printf("%s %s %s\n", name, plugin->file, plugin->version);
    bool good = plugin != NULL;
    plugin_close(plugin);
    return good;
}

/* The same of a command. */
static bool tell_of_command(const char *name, const char *command, const struct config *config)
{
    struct settings settings;
    struct relayed *relayed = NULL;
    if (settings_load(&settings, config->root, NULL))
        relayed = candidate_relayed(name, command, config, &settings.profile);
    if (relayed != NULL)
        printf("%s %s\n", name, relayed->version);
    bool good = relayed != NULL;
    free(relayed);
    settings_free(&settings);
    return good;
}

enum status command_stacks(const struct config *config)
{
    bool good = true;
    for (int i = 0; config->stack_given && i < config->stack_count; i++)
        if (config->plugin[i] != NULL)
            good = tell_of(config->stacks[i], config->plugin[i]) && good;
        else if (config->command[i] != NULL)
            good = tell_of_command(config->stacks[i], config->command[i], config) && good;
        else if (config->far[i] != NULL)
            good = candidate_far(config->stacks[i], config->far[i]) &&
                   far_try(config->stacks[i], config->far[i], config->root) && good;
    for (const char *const *name = stacks_names(); !config->stack_given && *name != NULL; name++)
        puts(*name);
    return good ? STATUS_GOOD : STATUS_USAGE;
}
