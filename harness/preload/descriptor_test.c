/* SPDX-License-Identifier: MIT */
#include "preload/descriptor.h"

#include "preload/lineage.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

static int fresh_socket(int type)
{
    int fd = socket(AF_INET, type, 0);
    descriptor_made(fd);
    return fd;
}

Test(descriptor, a_socket_is_known_for_what_it_is)
{
    int stream = fresh_socket(SOCK_STREAM), datagram = fresh_socket(SOCK_DGRAM);
    const struct socket *one = descriptor_find(stream), *other = descriptor_find(datagram);
    cr_assert_eq(one->victim.type, SOCK_STREAM);
    cr_assert_eq(one->victim.family, AF_INET);
    cr_assert_not(one->victim.messages);
    cr_assert_eq(other->victim.type, SOCK_DGRAM);
    cr_assert_neq(one->id, other->id);
    cr_assert_eq(descriptor_find(stream), one, "it is found again");
}

Test(descriptor, one_that_was_not_seen_made_is_found_all_the_same)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    const struct socket *one = descriptor_find(fd);
    cr_assert_not_null(one);
    cr_assert_eq(one->victim.family, AF_UNIX);
}

Test(descriptor, other_files_are_none)
{
    int ends[2], file = open("/dev/null", O_RDONLY);
    cr_assert_eq(pipe(ends), 0);
    errno = EXDEV;
    cr_assert_null(descriptor_find(file));
    cr_assert_null(descriptor_find(ends[0]));
    cr_assert_null(descriptor_find(-1));
    cr_assert_null(descriptor_find(999));
    cr_assert_null(descriptor_find(DESCRIPTOR_LIMIT));
    cr_assert_eq(errno, EXDEV);
}

Test(descriptor, a_copy_is_the_same_socket)
{
    int fd = fresh_socket(SOCK_STREAM), copy = dup(fd);
    struct socket *one = descriptor_find(fd);
    descriptor_copied(fd, copy);
    cr_assert_eq(descriptor_find(copy), one);
    descriptor_forget((unsigned)fd, (unsigned)fd);
    close(fd);
    cr_assert_eq(descriptor_find(copy), one, "it lives as long as one of its numbers");
    for (int i = 0; i < 1 << 15; i++) { /* more than there are records: each free one is taken */
        descriptor_made(fd = socket(AF_INET, SOCK_STREAM, 0));
        cr_assert_neq(descriptor_find(fd), one);
        descriptor_forget((unsigned)fd, (unsigned)fd);
        close(fd);
    }
    one->moved[DIRECTION_IN] = 5;
    cr_assert_eq(descriptor_find(copy)->moved[DIRECTION_IN], 5);
}

/* A number that comes to stand for another socket starts anew, also when nobody saw the close. */
Test(descriptor, a_number_used_again_is_another_socket)
{
    int fd = fresh_socket(SOCK_STREAM);
    uint64_t id = descriptor_find(fd)->id;
    descriptor_find(fd)->moved[DIRECTION_OUT] = 9;
    atomic_store(&descriptor_find(fd)->victim.ended, true);
    close(fd);
    cr_assert_eq(socket(AF_INET, SOCK_STREAM, 0), fd);
    const struct socket *one = descriptor_find(fd);
    cr_assert_eq(one->moved[DIRECTION_OUT], 0);
    cr_assert_not(one->victim.ended);
    cr_assert_neq(one->id, id);
}

Test(descriptor, what_is_closed_is_gone)
{
    int fd = fresh_socket(SOCK_STREAM);
    descriptor_forget(0, ~0U);
    close(fd);
    cr_assert_null(descriptor_find(fd));
}

/* The n-th socket of a thread is the same in every run. */
Test(descriptor, a_socket_is_its_makers_nth)
{
    uint64_t first = descriptor_find(fresh_socket(SOCK_STREAM))->id;
    uint64_t second = descriptor_find(fresh_socket(SOCK_STREAM))->id;
    lineage_mine()->sockets = 0;
    cr_assert_eq(descriptor_find(fresh_socket(SOCK_DGRAM))->id, first);
    cr_assert_eq(descriptor_find(fresh_socket(SOCK_DGRAM))->id, second);
}
