/* SPDX-License-Identifier: MIT */
#include "preload/lineage.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Memory that forks share, as the control file is. */
static struct control *control;
static _Atomic int *began;

static void count(void)
{
    (*began)++;
}

static void setup(void)
{
    control =
        mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    began = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert(control != MAP_FAILED && (void *)began != MAP_FAILED);
    control->process[0].pid = getpid();
    snprintf(control->process[0].lineage, sizeof control->process[0].lineage, "0");
    lineage_open(control, count);
}

TestSuite(lineage, .init = setup, .timeout = 10);

/* What a forked child is called: 0 when so, else another status. */
static int forked(const char *name, int (*then)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(strcmp(lineage_process(), name) != 0 ? 1 : then != NULL ? then() : 0);
    waitpid(child, &status, 0);
    return status != 0;
}

Test(lineage, a_process_is_called_as_what_it_executes)
{
    cr_assert_str_eq(control->process[0].name, program_invocation_short_name);
    lineage_executes("/usr/bin/something-with-a-long-name");
    cr_assert_str_eq(control->process[0].name, "something-with-");
    lineage_executes("short");
    cr_assert_str_eq(control->process[0].name, "short");
    lineage_executes(NULL);
    cr_assert_str_eq(control->process[0].name, program_invocation_short_name,
                     "it was not executed");
}

Test(lineage, the_first_program_is_0_and_so_is_its_thread)
{
    cr_assert_str_eq(lineage_process(), "0");
    cr_assert_str_eq(lineage_mine()->text, "0");
}

Test(lineage, a_fork_that_no_handler_sees_is_one_when_it_is_told)
{
    int status = 0;
    lineage_forks();
    pid_t child = _Fork();
    if (child == 0) {
        bool unknown = lineage_borrowed();
        lineage_forked();
        _exit(!unknown || lineage_borrowed() || strcmp(lineage_process(), "0.1") != 0);
    }
    waitpid(child, &status, 0);
    cr_assert_eq(status, 0);
    cr_assert_not(lineage_borrowed());
    cr_assert_eq(forked("0.2", NULL), 0);
}

static int grandchild(void)
{
    return forked("0.2.1", NULL);
}

Test(lineage, children_are_numbered_in_the_order_of_their_forks)
{
    cr_assert_eq(forked("0.1", NULL), 0);
    cr_assert_eq(forked("0.2", grandchild), 0);
    cr_assert_eq(forked("0.3", NULL), 0);
    cr_assert_eq(*began, 4);
    cr_assert_str_eq(lineage_process(), "0", "the parent keeps its name");
}

static int begins_anew(void)
{
    const struct lineage *mine = lineage_mine();
    return mine->threads != 0 || mine->sockets != 0 || mine->asked[POINT_poll] != 0;
}

/* Or a child's sockets would be numbered by what its parent did. */
Test(lineage, a_child_begins_anew)
{
    lineage_mine()->threads = lineage_mine()->sockets = 5;
    lineage_mine()->asked[POINT_poll] = 5;
    cr_assert_eq(forked("0.1", begins_anew), 0);
}

static int same_after_exec(void)
{
    lineage_open(control, count); /* what an exec does: all is as new, but the process's number */
    return strcmp(lineage_process(), "0.1") != 0;
}

Test(lineage, an_exec_keeps_the_name)
{
    cr_assert_eq(forked("0.1", same_after_exec), 0);
}

/* A process that no fork of ours wrote down, as of vfork or posix_spawn. */
static int spawned(const char *name)
{
    int status = 0;
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        for (size_t i = 0; i < CONTROL_PROCESSES; i++)
            if (control->process[i].pid == getpid())
                control->process[i].pid = -1;
        (void)parent;
        lineage_open(control, count);
        _exit(strcmp(lineage_process(), name) != 0);
    }
    waitpid(child, &status, 0);
    return status;
}

Test(lineage, what_was_spawned_is_known_by_its_parent)
{
    cr_assert_eq(spawned("0/1"), 0);
    cr_assert_eq(spawned("0/2"), 0);
}

Test(lineage, an_orphan_has_a_name_all_the_same)
{
    control->process[0].pid = -1;
    cr_assert_eq(spawned("x/1"), 0);
    cr_assert_eq(spawned("x/2"), 0);
}

static void *name_of_mine(void *out)
{
    memcpy(out, lineage_mine()->text, LINEAGE);
    return NULL;
}

static void *named(void *name)
{
    lineage_name(name);
    return lineage_mine()->text;
}

Test(lineage, a_thread_has_the_name_that_its_maker_gave_it)
{
    char first[LINEAGE], second[LINEAGE], stranger[LINEAGE];
    pthread_t thread;
    lineage_child(first);
    lineage_child(second);
    cr_assert_str_eq(first, "0.1");
    cr_assert_str_eq(second, "0.2");
    pthread_create(&thread, NULL, named, second);
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, name_of_mine, stranger);
    pthread_join(thread, NULL);
    cr_assert_str_eq(stranger, "x/1", "one that the library made has a name of its own");
}

/* What depends on the name does so through its hash. */
Test(lineage, threads_and_processes_are_told_apart)
{
    uint64_t process = lineage_process_hash(), thread = lineage_mine()->hash;
    lineage_name("0.1");
    cr_assert_neq(lineage_mine()->hash, thread);
    lineage_name("0");
    cr_assert_eq(lineage_mine()->hash, thread);
    cr_assert_neq(thread, process);
    cr_assert_eq(forked("0.1", NULL), 0);
}

Test(lineage, a_long_name_is_shortened_and_stays_its_own)
{
    char names[2][LINEAGE];
    for (int i = 0; i < 2; i++) {
        lineage_name("0.1.2.3.4.5.6.7.8.9.10");
        lineage_mine()->threads = (uint32_t)i + 1000;
        lineage_child(names[i]);
        cr_assert(selector_is_lineage(names[i]), "%s", names[i]);
    }
    cr_assert_str_neq(names[0], names[1]);
    lineage_name("0.1.2.3.4.5.6.7.8.9.11");
    lineage_mine()->threads = 1000;
    char other[LINEAGE];
    lineage_child(other);
    cr_assert_str_neq(other, names[0]);
}
