/* SPDX-License-Identifier: MIT */
#include "wire/loopback.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GOOD, REFUSED = 77, WRONG = 1 };

/* What a datagram to an address comes to: 0, or its errno. */
static int reach(int family, const char *text)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(9)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(9)};
    bool is6 = family == AF_INET6;
    inet_pton(family, text, is6 ? (void *)&six.sin6_addr : (void *)&four.sin_addr);
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ssize_t sent = sendto(fd, "x", 1, 0, is6 ? (struct sockaddr *)&six : (struct sockaddr *)&four,
                          is6 ? sizeof six : sizeof four);
    int error = sent == 1 ? 0 : errno;
    close(fd);
    return error;
}

/* Runs body in a child that has left for a network of its own. */
static void alone(int (*body)(void))
{
    int status = 0;
    char why[256] = "";
    pid_t child = fork();
    if (child == 0)
        _exit(loopback_isolate(false, why, sizeof why) == ISOLATION_DONE ? body() : REFUSED);
    cr_assert_eq(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED)
        cr_skip_test("namespaces are refused here");
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == GOOD, "%#x", status);
}

static int reach_itself_alone(void)
{
    bool good = reach(AF_INET, "127.0.0.1") == 0 && reach(AF_INET, "127.10.0.2") == 0 &&
                reach(AF_INET6, "::1") == 0 && reach(AF_INET, "192.0.2.1") == ENETUNREACH &&
                reach(AF_INET6, "2001:db8::1") == ENETUNREACH;
    return good ? GOOD : WRONG;
}

Test(loopback, it_reaches_itself_alone)
{
    alone(reach_itself_alone);
}

#define TTL "/proc/sys/net/ipv4/ip_default_ttl"

/* In one that was set otherwise: another that is made there is set like it. */
static int has_what_it_left(void)
{
    char why[256], ttl[8] = "";
    int fd = open(TTL, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "17", 2) != 2)
        return WRONG;
    close(fd);
    if (loopback_isolate(false, why, sizeof why) != ISOLATION_DONE)
        return REFUSED;
    fd = open(TTL, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && read(fd, ttl, sizeof ttl - 1) == 3 && strcmp(ttl, "17\n") == 0;
    close(fd);
    return good ? GOOD : WRONG;
}

Test(loopback, it_is_set_as_what_it_left)
{
    alone(has_what_it_left);
}

/* The number of the caller's namespace of that kind. */
static ino_t namespace_of(const char *path)
{
    struct stat about = {.st_ino = 0};
    stat(path, &about);
    return about.st_ino;
}

/* No descriptor can be had: the ids cannot be mapped, or lo cannot be set up. */
static int is_left_in_half(bool apart)
{
    char why[256];
    const struct rlimit none = {0, 0};
    ino_t before = namespace_of("/proc/self/ns/net");
    setrlimit(RLIMIT_NOFILE, &none);
    bool broken = loopback_isolate(apart, why, sizeof why) == ISOLATION_BROKEN;
    return broken && namespace_of("/proc/self/ns/net") != before ? GOOD : WRONG;
}

static int is_left_in_half_a_network(void)
{
    return is_left_in_half(true);
}

static int is_left_in_half_a_user_namespace(void)
{
    return is_left_in_half(false);
}

Test(loopback, what_was_made_by_half_was_not_refused)
{
    alone(is_left_in_half_a_network);
    alone(is_left_in_half_a_user_namespace);
}

static int is_refused(bool apart)
{
    char why[256];
    ino_t users = namespace_of("/proc/self/ns/user"), net = namespace_of("/proc/self/ns/net");
    int fd = open("/proc/sys/user/max_net_namespaces", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "0", 1) != 1)
        return WRONG;
    close(fd);
    return loopback_isolate(apart, why, sizeof why) == ISOLATION_REFUSED &&
                   namespace_of("/proc/self/ns/user") == users &&
                   namespace_of("/proc/self/ns/net") == net
               ? GOOD
               : WRONG;
}

static int is_refused_a_network(void)
{
    return is_refused(true);
}

static int is_refused_both(void)
{
    return is_refused(false);
}

Test(loopback, what_the_machine_refuses_leaves_it_where_it_was)
{
    alone(is_refused_a_network);
    alone(is_refused_both);
}
