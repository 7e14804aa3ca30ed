/* SPDX-License-Identifier: MIT */
/*
 * An example of a stack of your own: it hands every call on to the kernel of its host. Take it as
 * a form to fill in. Built with nothing but the public header (docs/YOUR-STACK.md):
 *
 *     gcc -shared -fPIC -I harness/include -o forward.so docs/examples/stack/forward.c
 */
#include <fcntl.h>
#include <sockproof/stack.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What the harness gave: kept, for it stays where it is. */
static const struct sockproof_world *world;

static int begin(const struct sockproof_world *given, char *why, size_t room)
{
    world = given;
    if (world->argument[0] != '\0') {
        snprintf(why, room, "it takes no argument, and '%s' was given", world->argument);
        return -1;
    }
    return 0;
}

/* Where a call of the C library has another type, a function of your own stands before it. */
static int control(int fd, int command, long argument)
{
    return fcntl(fd, command, argument);
}

static int control_device(int fd, unsigned long request, void *argument)
{
    return ioctl(fd, request, argument);
}

static const struct sockproof_stack table = {
    .abi = SOCKPROOF_STACK_ABI,
    .size = sizeof table,
    .version = "1",
    .speaks = SOCKPROOF_TCP | SOCKPROOF_UDP | SOCKPROOF_IPV4 | SOCKPROOF_IPV6,
    .traits = SOCKPROOF_KERNEL_ADDRESSES,
    .begin = begin,

    .socket = socket,
    .bind = bind,
    .listen = listen,
    .accept = accept,
    .connect = connect,
    .sendto = sendto,
    .recvfrom = recvfrom,
    .shutdown = shutdown,
    .close = close,
    .getsockopt = getsockopt,
    .setsockopt = setsockopt,
    .getsockname = getsockname,
    .getpeername = getpeername,
    .fcntl = control,
    .poll = poll,
    .read = read,
    .write = write,
    /* send, recv, readv and writev are made of sendto and recvfrom. What is left out
       below those is skipped by name: sendmsg, epoll_wait … */
    .ioctl = control_device,
};

const struct sockproof_stack *sockproof_stack(uint32_t abi)
{
    return abi == SOCKPROOF_STACK_ABI ? &table : NULL;
}
