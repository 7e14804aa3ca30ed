/* SPDX-License-Identifier: MIT */
#include "base/children.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

/* More than a page of their numbers, which is more than one read(2) gives. */
enum { MANY = 2000 };

Test(children, all_are_told_by_whole_numbers, .timeout = 60)
{
    static pid_t made[MANY];
    int count = 0;
    for (int i = 0; i < MANY; i++) {
        made[i] = fork();
        if (made[i] == 0)
            _exit(0);
        cr_assert_gt(made[i], 0);
    }
    FILE *list = children_open(0);
    cr_assert_not_null(list);
    for (pid_t pid = 0; (pid = children_next(list)) > 0; count++)
        cr_assert_eq(pid, made[count]);
    fclose(list);
    cr_assert_eq(count, MANY);
    while (wait(NULL) > 0)
        continue;
}

Test(children, who_has_none_and_who_is_not_there)
{
    FILE *list = children_open(0);
    cr_assert_not_null(list);
    cr_assert_eq(children_next(list), 0);
    fclose(list);
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    waitpid(pid, NULL, 0);
    cr_assert_null(children_open(pid));
    cr_assert_eq(errno, ENOENT);
}
