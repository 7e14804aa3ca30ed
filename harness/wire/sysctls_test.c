/* SPDX-License-Identifier: MIT */
#include "wire/sysctls.h"

#include "wire/testbed.h"

#include <fcntl.h>
#include <sys/resource.h>

static rlim_t descriptors;

static void set(const char *path, const char *value)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    CHECK(fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value));
    close(fd);
}

/* In a host's namespace, with so many descriptors at most. */
static void changes(void)
{
    struct rlimit limit = {descriptors, descriptors};
    char text[128] = "";
    CHECK(setns(testbed.hosts.netns[SIDE_SERVER], CLONE_NEWNET) == 0);
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    struct sysctls *sysctls = sysctls_open();
    CHECK(sysctls != NULL);
    CHECK(!sysctls_differ(sysctls, text, sizeof text));
    set("/proc/sys/net/ipv4/ip_local_port_range", "2000 3000");
    CHECK(!sysctls_differ(sysctls, text, sizeof text));
    set("/proc/sys/net/ipv4/ip_default_ttl", "7");
    CHECK(sysctls_differ(sysctls, text, sizeof text));
    CHECK(strcmp(text, "net.ipv4.ip_default_ttl is 7 where it was 64") == 0);
    set("/proc/sys/net/ipv4/ip_default_ttl", "64");
    set("/proc/sys/net/ipv6/conf/w0/hop_limit", "9");
    CHECK(sysctls_differ(sysctls, text, sizeof text));
    CHECK(strcmp(text, "net.ipv6.conf.w0.hop_limit is 9 where it was 64") == 0);
    sysctls_free(sysctls);
    CHECK(setns(testbed.hosts.wire_netns, CLONE_NEWNET) == 0);
}

Test(sysctls, what_says_something_else_is_told)
{
    descriptors = 4096;
    testbed_run(changes);
}

Test(sysctls, few_descriptors_are_enough)
{
    descriptors = 300;
    testbed_run(changes);
}
