/* SPDX-License-Identifier: MIT */
#include "trial/player.h"

#include "actor/order.h"
#include "trial/elsewhere.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

struct member *player(struct trial *trial, const char *name)
{
    pid_t before = cast_running(&trial->stage->cast, name);
    struct member *member = cast_member(&trial->stage->cast, name);
    if (member == NULL) {
        trial_broken(trial, CODE_ACTOR_NOT_STARTED, "the actor '%s' could not be started: %s", name,
                     strerror(errno));
        return NULL;
    }
    if (before != member->pid) {
        struct epoll_event event = {.events = EPOLLIN};
        epoll_ctl(trial->stage->epoll, EPOLL_CTL_ADD, member->control, &event);
        if (!elsewhere_begun(trial, member))
            return NULL;
        if (trial->armed && trial->variant->fault_count > 0)
            cast_send(member, ORDER_ARM);
    }
    return member;
}
