/* SPDX-License-Identifier: MIT */
#include "case/commandcheck.h"

#include "case/format.h"
#include "case/remark.h"

#include <string.h>

/* Without a number a duplicate is the lowest that is free. */
static bool may_stand_alone(const struct node *command)
{
    return node_is(command, "F_DUPFD") || node_is(command, "F_DUPFD_CLOEXEC");
}

static void check_argument(struct complaints *list, const struct node *command,
                           const struct node *given)
{
    const struct shape *takes = format_command(command->text);
    if (takes == NULL && given != NULL)
        complain(list, given->mark, remark_width(given), CODE_MISPLACED_KEY, NULL,
                 "'%s' takes nothing", command->text);
    else if (takes != NULL && given == NULL && !may_stand_alone(command))
        complain(list, command->mark, remark_width(command), CODE_MISSING_KEY,
                 arena_printf(list->arena, "{%s: …}", command->text), "'%s' takes %s",
                 command->text, takes->noun);
}

void commandcheck_step(struct complaints *list, const struct step *step)
{
    const struct node *command = step->param[0];
    const struct node *value = step->expect[EXPECT_value];
    bool fcntl = step->verb->params[0].type == TYPE_FCNTL;
    bool ioctl = step->verb->params[0].type == TYPE_IOCTL;
    if ((!fcntl && !ioctl) || command == NULL || command->kind != NODE_SCALAR ||
        constant_find(fcntl ? GROUP_FCNTL : GROUP_IOCTL, command->text) == NULL)
        return;
    check_argument(list, command, step->param[1]);
    if (ioctl && value != NULL && format_command(command->text) != NULL)
        complain(list, value->key_mark, (int)strlen(value->key), CODE_MISPLACED_KEY,
                 "ask for it with a request that reads", "'%s' gives no value back", command->text);
}
