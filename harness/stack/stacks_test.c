/* SPDX-License-Identifier: MIT */
#include "stack/stacks.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

Test(stacks, every_name_is_found_and_has_a_whole_table)
{
    for (const char *const *name = stacks_names(); *name != NULL; name++) {
        const struct stack *stack = stacks_find(*name);
        cr_assert_not_null(stack, "%s", *name);
        cr_assert_not_null(stack->speaks, "%s", *name);
        if (stack->userspace) /* may lack some: cases that need them are skipped */
            continue;
        void (*const *call)(void) = (void (*const *)(void))(const void *)&stack->socket;
        size_t calls = (sizeof *stack - offsetof(struct stack, socket)) / sizeof *call;
        for (size_t i = 0; i < calls; i++)
            cr_assert_not_null(call[i], "%s: call %zu is missing", *name, i);
    }
    cr_assert_null(stacks_find("linus"));
}

Test(stacks, linux_passes_results_and_errno_through)
{
    const struct stack *stack = stacks_find("linux");
    int fd = stack->socket(AF_INET, SOCK_DGRAM, 0);
    cr_assert_geq(fd, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    cr_assert_eq(stack->bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(stack->listen(fd, 1), -1);
    cr_assert_eq(errno, EOPNOTSUPP);
    cr_assert_eq(stack->close(fd), 0);
    cr_assert_eq(stack->close(fd), -1);
    cr_assert_eq(errno, EBADF);
}

/* What is not to be found out by trying. */
Test(stacks, each_says_which_protocols_it_has)
{
    const struct stack *host = stacks_find("linux");
    const struct stack *usrsctp = stacks_find("usrsctp");
    const struct stack *lwip = stacks_find("lwip");
    cr_assert(host->speaks(host, IPPROTO_TCP) && host->speaks(host, IPPROTO_ICMP));
    cr_assert(usrsctp->speaks(usrsctp, IPPROTO_SCTP) && !usrsctp->speaks(usrsctp, IPPROTO_TCP));
    cr_assert(lwip->speaks(lwip, IPPROTO_UDP) && lwip->speaks(lwip, IPPROTO_RAW));
    cr_assert(!lwip->speaks(lwip, IPPROTO_SCTP) && !lwip->speaks(lwip, IPPROTO_ICMP));
}
