/* SPDX-License-Identifier: MIT */
#include "actor/asleep.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct sleeper {
    int fd;
    _Atomic int tid;
};

static void *receive(void *argument)
{
    struct sleeper *sleeper = argument;
    char byte = 0;
    sleeper->tid = gettid();
    cr_assert_eq(recv(sleeper->fd, &byte, 1, 0), 1);
    return NULL;
}

Test(asleep, a_thread_in_recv_is_asleep_there_and_nowhere_else, .timeout = 30)
{
    int ends[2];
    pthread_t thread;
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    struct sleeper sleeper = {.fd = ends[0]};
    cr_assert_eq(pthread_create(&thread, NULL, receive, &sleeper), 0);
    while (!asleep(getpid(), sleeper.tid, verb_get(VERB_recv), ends[0]))
        sched_yield();
    cr_assert_not(asleep(getpid(), sleeper.tid, verb_get(VERB_recv), ends[1]),
                  "another descriptor");
    cr_assert_not(asleep(getpid(), sleeper.tid, verb_get(VERB_accept), ends[0]), "another call");
    cr_assert_not(asleep(getpid(), gettid(), verb_get(VERB_recv), ends[0]), "this thread runs");
    cr_assert_eq(send(ends[1], "x", 1, 0), 1);
    pthread_join(thread, NULL);
    cr_assert_not(asleep(getpid(), sleeper.tid, verb_get(VERB_recv), ends[0]), "it is gone");
}

static void *wait_for_byte(void *argument)
{
    char byte = 0;
    volatile ssize_t got = read(*(int *)argument, &byte, 1);
    while (got == 1) /* awake from now on */
        continue;
    return NULL;
}

/* Two threads that sleep, until a byte wakes one of them for good. */
static _Noreturn void sleep_in_two_threads(int fd)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_byte, &fd);
    pthread_join(thread, NULL);
    _exit(0);
}

Test(asleep, a_process_is_asleep_when_all_of_its_threads_are, .timeout = 30)
{
    int ends[2];
    int status = 0;
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        sleep_in_two_threads(ends[0]);
    while (!asleep_process(child))
        sched_yield();
    cr_assert(asleep_thread(child, child));
    cr_assert_eq(write(ends[1], "x", 1), 1);
    while (asleep_process(child))
        sched_yield();
    cr_assert(asleep_thread(child, child), "the other one still sleeps");
    kill(child, SIGKILL);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert_not(asleep_process(child), "it is gone");
}

/* A process that sleeps until its child, which does the same as above, has ended. */
static _Noreturn void sleep_as_parent(int fd)
{
    pid_t child = fork();
    if (child == 0)
        sleep_in_two_threads(fd);
    waitpid(child, NULL, 0);
    _exit(0);
}

Test(asleep, a_family_is_asleep_when_the_children_are, .timeout = 30)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    pid_t parent = fork();
    if (parent == 0) {
        setpgid(0, 0);
        sleep_as_parent(ends[0]);
    }
    while (!asleep_family(parent))
        sched_yield();
    cr_assert_eq(write(ends[1], "x", 1), 1);
    while (asleep_family(parent))
        sched_yield();
    cr_assert(asleep_process(parent), "it waits for its child");
    kill(-parent, SIGKILL);
    cr_assert_eq(waitpid(parent, NULL, 0), parent);
    cr_assert_not(asleep_family(parent), "it is gone");
}

/* A process whose second thread has a child, which no look at the first one's children finds. */
static void *start_child(void *fd)
{
    if (fork() == 0)
        sleep_in_two_threads(*(int *)fd);
    pause();
    return NULL;
}

static _Noreturn void start_child_in_a_thread(int fd)
{
    pthread_t thread;
    setpgid(0, 0);
    pthread_create(&thread, NULL, start_child, &fd);
    pause();
    _exit(0);
}

Test(asleep, a_tree_is_asleep_when_all_are_whoever_made_them, .timeout = 30)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    pid_t parent = fork();
    if (parent == 0)
        start_child_in_a_thread(ends[0]);
    while (asleep_tree(parent) != 0)
        sched_yield();
    cr_assert_eq(write(ends[1], "x", 1), 1);
    while (asleep_tree(parent) == 0)
        sched_yield();
    cr_assert(asleep_family(parent), "as far as its first thread knows");
    cr_assert(asleep_tree(parent) > 0 && asleep_tree(parent) != parent, "its child");
    kill(-parent, SIGKILL);
    cr_assert_eq(waitpid(parent, NULL, 0), parent);
    cr_assert_eq(asleep_tree(parent), parent, "it is gone");
}
