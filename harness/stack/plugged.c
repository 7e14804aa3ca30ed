/* SPDX-License-Identifier: MIT */
#include "stack/plugged.h"

#include "stack/link.h"
#include "stack/shadowed.h"
#include "stack/ticked.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum optional {
#define OPTIONAL(type, name, parameters, arguments) HAS_##name,
#include "stack/plugged.def"
    HAS_busy,
    HAS_tick
};

static struct sockproof_stack plugged;
static int plugged_link = -1;

/* --- loading --------------------------------------------------------------------------------- */

typedef const struct sockproof_stack *table_of(uint32_t abi);

/* One line, whatever the loader says. */
static bool refuse(char *why, size_t size, const char *text)
{
    snprintf(why, size, "%s", text);
    why[strcspn(why, "\n")] = '\0';
    return false;
}

/* The first call that every stack must have and the table has not, or NULL. */
static const char *missing(const struct sockproof_stack *table)
{
    const char *name = table->begin == NULL ? "begin" : NULL;
#define REQUIRED(type, call, parameters, arguments)                                                \
    if (name == NULL && table->call == NULL)                                                       \
        name = #call;
#include "stack/plugged.def"
    return name;
}

static bool read_table(struct sockproof_stack *table, const struct sockproof_stack *given,
                       char *why, size_t size)
{
    char text[128];
    memset(table, 0, sizeof *table);
    if (given == NULL)
        snprintf(text, sizeof text,
                 "it has no table for ABI %d of stacks, which this sockproof has",
                 SOCKPROOF_STACK_ABI);
    else if (given->abi != SOCKPROOF_STACK_ABI)
        snprintf(text, sizeof text, "its table is for ABI %u of stacks; this sockproof has %d",
                 given->abi, SOCKPROOF_STACK_ABI);
    else {
        size_t known = given->size < sizeof *table ? given->size : sizeof *table;
        memcpy(table, given, known);
        const char *call = missing(table);
        if (call == NULL)
            return true;
        snprintf(text, sizeof text, "its table has no %s, which every stack must have", call);
    }
    return refuse(why, size, text);
}

bool plugged_load(struct sockproof_stack *table, const char *file, char *why, size_t size)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    table_of *get = NULL;
    char text[256];
    if (library == NULL)
        return refuse(why, size, dlerror());
    if (shadowed(library, text, sizeof text))
        return refuse(why, size, text);
    void *symbol = dlsym(library, "sockproof_stack");
    if (symbol == NULL)
        return refuse(why, size, "it exports no function sockproof_stack (sockproof/stack.h)");
    memcpy(&get, &symbol, sizeof get);
    return read_table(table, get(SOCKPROOF_STACK_ABI), why, size);
}

uint32_t plugged_has(const struct sockproof_stack *table)
{
    uint32_t has = 0;
#define OPTIONAL(type, name, parameters, arguments)                                                \
    has |= table->name != NULL ? UINT32_C(1) << HAS_##name : 0;
#include "stack/plugged.def"
    has |= table->busy != NULL ? UINT32_C(1) << HAS_busy : 0;
    return has | (table->tick != NULL ? UINT32_C(1) << HAS_tick : 0);
}

/* --- the calls that lead there --------------------------------------------------------------- */

#define REQUIRED(type, name, parameters, arguments)                                                \
    static type to_##name parameters                                                               \
    {                                                                                              \
        return plugged.name arguments;                                                             \
    }
#define OPTIONAL REQUIRED
#define MADE REQUIRED
#include "stack/plugged.def"

/* A stack that claims to have written beyond the room may have done so: nothing in this process
   can be believed any more. With MSG_TRUNC the size of a longer message is right (recv(2)). */
static ssize_t within(const char *call, ssize_t got, size_t room, int flags)
{
    if (got > 0 && (size_t)got > room && (flags & MSG_TRUNC) == 0) {
        fprintf(stderr, "%s of the stack says that it put %zd bytes into %zu\n", call, got, room);
        abort();
    }
    return got;
}

static ssize_t call_recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *addr,
                             socklen_t *length)
{
    return within("recvfrom", to_recvfrom(fd, data, size, flags, addr, length), size, flags);
}

static ssize_t call_send(int fd, const void *data, size_t size, int flags)
{
    return plugged.send != NULL ? to_send(fd, data, size, flags)
                                : to_sendto(fd, data, size, flags, NULL, 0);
}

static ssize_t call_recv(int fd, void *data, size_t size, int flags)
{
    return plugged.recv != NULL ? within("recv", to_recv(fd, data, size, flags), size, flags)
                                : call_recvfrom(fd, data, size, flags, NULL, NULL);
}

/* A read of nothing takes nothing, not even an empty datagram, whatever recv(2) does. */
static ssize_t made_read(int fd, void *data, size_t size)
{
    if (size > 0)
        return call_recv(fd, data, size, 0);
    return to_fcntl(fd, F_GETFL, 0) < 0 ? -1 : 0;
}

static ssize_t call_read(int fd, void *data, size_t size)
{
    return plugged.read != NULL ? within("read", to_read(fd, data, size), size, 0)
                                : made_read(fd, data, size);
}

static ssize_t call_write(int fd, const void *data, size_t size)
{
    return plugged.write != NULL ? to_write(fd, data, size) : call_send(fd, data, size, 0);
}

/* The bytes of a vector; SIZE_MAX where readv(2) says EINVAL. */
static size_t length_of(const struct iovec *iov, int count)
{
    size_t all = count < 0 || count > IOV_MAX ? SIZE_MAX : 0;
    for (int i = 0; i < count && all <= SSIZE_MAX; i++)
        all = iov[i].iov_len > SSIZE_MAX - all ? SIZE_MAX : all + iov[i].iov_len;
    return all;
}

/* One buffer for a vector, of at least a byte; NULL with errno. */
static char *joined(const struct iovec *iov, int count, size_t *size)
{
    *size = length_of(iov, count);
    if (*size == SIZE_MAX) {
        errno = EINVAL;
        return NULL;
    }
    return malloc(*size + 1);
}

static ssize_t call_writev(int fd, const struct iovec *iov, int count)
{
    if (plugged.writev != NULL)
        return to_writev(fd, iov, count);
    size_t size = 0;
    size_t at = 0;
    char *all = joined(iov, count, &size);
    for (int i = 0; all != NULL && i < count; at += iov[i++].iov_len)
        memcpy(all + at, iov[i].iov_base, iov[i].iov_len);
    ssize_t sent = all != NULL ? call_write(fd, all, size) : -1;
    int error = errno;
    free(all);
    errno = error;
    return sent;
}

static ssize_t call_readv(int fd, const struct iovec *iov, int count)
{
    if (plugged.readv != NULL)
        return within("readv", to_readv(fd, iov, count), length_of(iov, count), 0);
    size_t size = 0;
    char *all = joined(iov, count, &size);
    ssize_t got = all != NULL ? call_read(fd, all, size) : -1;
    int error = errno;
    size_t left = got > 0 ? (size_t)got : 0;
    const char *at = all;
    for (int i = 0; i < count && left > 0; i++) {
        size_t part = iov[i].iov_len < left ? iov[i].iov_len : left;
        memcpy(iov[i].iov_base, at, part);
        at += part;
        left -= part;
    }
    free(all);
    errno = error;
    return got;
}

/* A frame that the stack has not taken yet moves too. */
static int call_busy(void)
{
    struct pollfd link = {.fd = plugged_link, .events = POLLIN};
    bool waits = poll(&link, 1, 0) > 0 && (link.revents & POLLIN) != 0;
    return waits ? 1 : plugged.busy();
}

void plugged_fill(struct stack *stack, const struct plugged_about *about)
{
    uint32_t has = about->has;
    stack->userspace = true;
    stack->alone = stack->own_address = (about->traits & SOCKPROOF_KERNEL_ADDRESSES) == 0;
    stack->lacks_ipv4 = (about->speaks & SOCKPROOF_IPV4) == 0;
    stack->lacks_ipv6 = (about->speaks & SOCKPROOF_IPV6) == 0;
    stack->recovery = about->recovery;
    stack->names = about->names;
#define REQUIRED(type, name, parameters, arguments) stack->name = to_##name;
#define MADE(type, name, parameters, arguments) stack->name = call_##name;
#define OPTIONAL(type, name, parameters, arguments)                                                \
    if ((has & UINT32_C(1) << HAS_##name) != 0)                                                    \
        stack->name = to_##name;
#include "stack/plugged.def"
    stack->recvfrom = call_recvfrom;
    if ((has & UINT32_C(1) << HAS_busy) != 0)
        stack->busy = call_busy;
    stack->virtual_time = (has & UINT32_C(1) << HAS_tick) != 0;
}

bool plugged_speaks(uint32_t speaks, int protocol)
{
    uint32_t bit = 0;
    if (protocol == IPPROTO_TCP)
        bit = SOCKPROOF_TCP;
    else if (protocol == IPPROTO_UDP)
        bit = SOCKPROOF_UDP;
    else if (protocol == IPPROTO_RAW)
        bit = SOCKPROOF_RAW;
    else if (protocol == IPPROTO_ICMP)
        bit = SOCKPROOF_ICMP;
    return (speaks & bit) != 0;
}

/* --- the beginning --------------------------------------------------------------------------- */

static bool follow_clock(const struct sockproof_stack *table, char *why, size_t size)
{
    bool good = table->tick == NULL || ticked_begin(table->tick);
    if (!good)
        snprintf(why, size, "the thread that tells it the time: %s", strerror(errno));
    return good;
}

bool plugged_begin(const struct sockproof_stack *table, const struct stack_world *world,
                   const char *argument, char *why, size_t size)
{
    static struct sockproof_world mine;
    struct link link = {.fd = -1};
    mine = (struct sockproof_world){.size = sizeof mine,
                                    .seed = world->seed,
                                    .argument = argument,
                                    .own6 = world->own[1],
                                    .peer6 = world->peer[1]};
    memcpy(&mine.own4, &world->own[0].s6_addr[12], sizeof mine.own4);
    memcpy(&mine.peer4, &world->peer[0].s6_addr[12], sizeof mine.peer4);
    if ((table->traits & SOCKPROOF_KERNEL_ADDRESSES) == 0 && !link_open(&link, why, size))
        return false;
    mine.link.fd = link.fd;
    mine.link.mtu = link.mtu;
    memcpy(mine.link.own_mac, link.own_mac, sizeof mine.link.own_mac);
    memcpy(mine.link.peer_mac, link.peer_mac, sizeof mine.link.peer_mac);
    plugged = *table;
    plugged_link = link.fd;
    if (table->tick != NULL)
        ticked_note(world);
    return table->begin(&mine, why, size) == 0 && follow_clock(table, why, size);
}
