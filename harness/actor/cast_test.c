/* SPDX-License-Identifier: MIT */
#include "actor/cast.h"

#include "actor/act.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Sends back what it is sent, and one more of what it was made of; ends at 0. */
static void echo(struct actor *actor)
{
    int number = 0;
    while (recv(actor->control, &number, sizeof number, 0) == sizeof number && number != 0) {
        atomic_fetch_add(&actor->shared->told[actor->index], 1);
        if (send(actor->control, &number, sizeof number, 0) < 0)
            _exit(1);
    }
}

static struct in6_addr address[SIDE_COUNT][2];
static struct cast cast;

static void begin(void)
{
    static const struct stack stack;
    cast_begin(&cast, shared_new(), &stack, NULL, echo);
    cast.address = address;
}

static void end(void)
{
    cast_end(&cast);
}

TestSuite(cast, .init = begin, .fini = end, .timeout = 30);

/* What it answers; -1 when it has ended. */
static int answer(struct member *member)
{
    struct pollfd control = {.fd = member->control, .events = POLLIN};
    int number = 0, got = 0;
    while ((got = cast_receive(member, &number)) == 0)
        poll(&control, 1, -1);
    return got < 0 ? -1 : number;
}

Test(cast, a_member_is_a_process_that_is_made_once)
{
    struct member *client = cast_member(&cast, "client"), *server = cast_member(&cast, "server2");
    pid_t first = client->pid;
    cr_assert(client->pid > 0 && server->pid > 0 && client->pid != server->pid);
    cr_assert_eq(client->side, SIDE_CLIENT);
    cr_assert_eq(server->side, SIDE_SERVER);
    cr_assert_eq(cast_member(&cast, "client"), client);
    cr_assert_eq(client->pid, first);
    cr_assert_eq(cast_running(&cast, "client"), first);
    cr_assert_eq(cast_running(&cast, "nobody"), 0);
    cr_assert_eq(cast_index(&cast, server), 1);
}

Test(cast, it_takes_orders_and_answers)
{
    struct member *client = cast_member(&cast, "client");
    cr_assert_not(cast_tells(&cast, client));
    cr_assert_eq(cast_send(client, 7), 0);
    cr_assert_eq(answer(client), 7);
    cr_assert_not(cast_tells(&cast, client), "all that it told was received");
}

Test(cast, its_end_is_seen_and_it_is_made_again)
{
    struct member *client = cast_member(&cast, "client");
    cast_send(client, 0);
    cr_assert_eq(answer(client), -1);
    cr_assert(WIFEXITED(client->status));
    cr_assert_eq(cast_running(&cast, "client"), 0);
    cr_assert_gt(cast_member(&cast, "client")->pid, 0);
}

Test(cast, who_is_worn_ends_with_the_case)
{
    struct member *client = cast_member(&cast, "client"), *server = cast_member(&cast, "server");
    pid_t kept = server->pid;
    client->worn = true;
    cast_tidy(&cast);
    cr_assert_eq(cast_running(&cast, "client"), 0);
    cr_assert_eq(cast_running(&cast, "server"), kept);
    cr_assert_not(cast_member(&cast, "client")->worn);
}

static void fill(void)
{
    char name[16];
    for (int i = 0; i < ACTOR_MAX; i++) {
        snprintf(name, sizeof name, "client%d", i + 2);
        cr_assert_not_null(cast_member(&cast, name));
    }
}

Test(cast, a_case_names_so_many_and_no_more)
{
    fill();
    errno = 0;
    cr_assert_null(cast_member(&cast, "server"));
    cr_assert_eq(errno, ENOSPC);
    cr_assert_null(cast_member(&cast, "client-of-a-name-that-is-far-too-long"));
}

Test(cast, who_was_named_by_earlier_cases_alone_makes_room)
{
    fill();
    pid_t gone = cast_running(&cast, "client2"), kept = cast_running(&cast, "client3");
    cast_tidy(&cast);
    cr_assert_eq(cast_member(&cast, "client3")->pid, kept);
    for (int i = 0; i < ACTOR_MAX - 1; i++) {
        char name[16];
        snprintf(name, sizeof name, "server%d", i + 2);
        cr_assert_not_null(cast_member(&cast, name));
    }
    cr_assert_eq(kill(gone, 0), -1);
    cr_assert_eq(cast_running(&cast, "client3"), kept);
    cr_assert_null(cast_member(&cast, "server"));
}

/* Waits until it has ended, and leaves it to be waited for. */
static void await_end(pid_t pid)
{
    siginfo_t info;
    cr_assert_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

Test(cast, who_was_killed_is_known_before_its_end_was_seen)
{
    struct member *client = cast_member(&cast, "client"), *server = cast_member(&cast, "server");
    kill(client->pid, SIGKILL);
    await_end(client->pid);
    cast_send(server, 0);
    await_end(server->pid);
    cr_assert(cast_killed(client));
    cr_assert_not(cast_killed(server), "it ended by itself");
    cr_assert_not(cast_killed(cast_member(&cast, "client2")), "it runs");
}

Test(cast, a_member_that_was_stopped_is_known_to_have_been)
{
    struct member *client = cast_member(&cast, "client");
    siginfo_t about = {0};
    cr_assert_not(cast_stopped(&cast));
    kill(client->pid, SIGSTOP);
    cr_assert_eq(waitid(P_PID, (id_t)client->pid, &about, WSTOPPED | WNOWAIT), 0);
    kill(client->pid, SIGCONT);
    cr_assert_eq(waitid(P_PID, (id_t)client->pid, &about, WCONTINUED | WNOWAIT), 0);
    cr_assert(cast_stopped(&cast), "although it runs again");
    cr_assert_not(cast_stopped(&cast), "it is told once");
}

Test(cast, that_one_has_ended_is_told_once)
{
    struct member *client = cast_member(&cast, "client");
    cr_assert_not(cast_shrank(&cast));
    kill(client->pid, SIGKILL);
    await_end(client->pid);
    cr_assert(cast_shrank(&cast));
    cr_assert_not(cast_shrank(&cast));
    cr_assert_eq(answer(client), -1, "and a look finds who it was");
}

/* Closes what it was given at the order 7, and lives on. */
static void hang_up(struct actor *actor)
{
    int number = 0;
    while (recv(actor->control, &number, sizeof number, 0) == sizeof number && number != 7)
        continue;
    if (number == 7)
        close(actor->control);
    while (number == 7)
        pause();
}

Test(cast, one_that_hangs_up_and_lives_is_told_from_one_that_ends)
{
    cast.serve = hang_up;
    struct member *member = cast_member(&cast, "client");
    cr_assert_eq(cast_send(member, 7), 0);
    cr_assert_eq(answer(member), -1);
    cr_assert(member->hung_up);
    cr_assert(WIFSIGNALED(member->status));
    cr_assert_not(cast_killed(member), "but by the worker");
    member = cast_member(&cast, "client");
    kill(member->pid, SIGKILL);
    cr_assert_eq(answer(member), -1);
    cr_assert_not(member->hung_up);
    cr_assert(cast_killed(member));
}
