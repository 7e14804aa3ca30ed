/* SPDX-License-Identifier: MIT */
#include "trial/enquiry.h"

#include "actor/standin.h"
#include "actor/tether.h"
#include "base/interview.h"
#include "wire/hosts.h"
#include "wire/inside.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* For the hosts and the greeting. */
enum { ASK_MS = TETHER_BEGIN_MS + 30000 };

/* What the process that asks leaves behind. */
struct reply {
    bool good;
    struct greeting greeting;
    char why[400];
};

/* On the client's host. */
static bool stand_on_host(struct hosts *hosts, const struct profile *profile, char *why,
                          size_t size)
{
    const char *what = "";
    char reason[256] = "";
    bool good = false;
    if (hosts_isolate(0, &what) < 0)
        snprintf(reason, sizeof reason, "%s: %s", what, strerror(errno));
    else if (hosts_open(hosts, profile, reason, sizeof reason) == 0 &&
             hosts_configure(hosts, reason, sizeof reason) == 0) {
        good = setns(hosts->netns[SIDE_CLIENT], CLONE_NEWNET) == 0;
        snprintf(reason, sizeof reason, "setns: %s", strerror(errno));
        good = good && inside_host(reason, sizeof reason);
    }
    if (!good)
        snprintf(why, size,
                 "a command is only started on a host that sockproof made, and none can be made "
                 "here: %s",
                 reason);
    return good;
}

/* What the process that asks is given. */
struct enquirer {
    const char *command;
    const struct profile *profile;
};

static void ask(const void *context, void *into)
{
    const struct enquirer *enquirer = context;
    struct reply *answer = into;
    struct hosts hosts;
    struct tether tether = {.to = -1, .from = -1};
    if (!stand_on_host(&hosts, enquirer->profile, answer->why, sizeof answer->why))
        return;
    standin_tell_command("client");
    answer->good =
        tether_begin(&tether, enquirer->command, TETHER_BEGIN_MS, answer->why, sizeof answer->why);
    answer->greeting = tether.greeting;
    tether_end(&tether);
}

bool enquiry(const char *command, const struct profile *profile, struct greeting *greeting,
             char *why, size_t size)
{
    struct reply answer;
    const struct enquirer enquirer = {command, profile};
    const struct interview interview = {ask, &enquirer, sizeof answer, ASK_MS};
    struct asked asked = interview_hold(&interview, &answer);
    const char *sign = asked.said[0] != '\0' ? ", with the last words: " : "";
    *greeting = answer.greeting;
    if (asked.error != 0)
        snprintf(why, size, "no process could be made: %s", strerror(asked.error));
    else if (!answer.good)
        snprintf(why, size, "%s%s%s",
                 answer.why[0] != '\0' ? answer.why
                                       : "the process that asks it did not come to that",
                 sign, asked.said);
    return asked.error == 0 && answer.good;
}
