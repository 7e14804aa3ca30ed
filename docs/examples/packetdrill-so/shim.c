/* SPDX-License-Identifier: MIT */
/*
 * A stack that comes with an adapter for packetdrill (a shared object for its --so_filename), as a
 * stack under test. docs/YOUR-STACK.md tells what it can and cannot do.
 *
 *     gcc -shared -fPIC -I harness/include -o shim.so docs/examples/packetdrill-so/shim.c
 *     ./sockproof run udp tcp --stack 'mine=so:./shim.so,/home/me/adapter.so,FLAGS'
 *
 * FLAGS are what --so_flags would say; {own4}, {peer4}, {own6}, {peer6} and {seed} in them become
 * what the host of the case has: the adapter's stack must take its addresses from there.
 *
 * An adapter has no getsockname and no getpeername: the shim answers them of what it was told, and
 * chooses the ports that are left open, so that it knows them.
 */
#include "interface.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <net/ethernet.h>
#include <pthread.h>
#include <sockproof/stack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FRAME_MAX = 65536, SOCKETS = 4096, FLAGS_MAX = 1024, FIRST_PORT = 33000, TRIES = 64 };

/* What getsockname and getpeername answer; .ss_family 0: nothing yet. */
struct names {
    struct sockaddr_storage own, peer;
    int domain;
};

static struct packetdrill_interface adapter;
static const struct sockproof_world *world;
static struct names known[SOCKETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* A call that the adapter may lack. */
#define CALL(name, ...)                                                                            \
    (adapter.name != NULL ? adapter.name(adapter.of, __VA_ARGS__) : (errno = ENOSYS, -1))

/* --- names ----------------------------------------------------------------------------------- */

static struct names *names_of(int fd)
{
    static struct names none;
    return fd >= 0 && fd < SOCKETS ? &known[fd] : &none;
}

static socklen_t size_of(int family)
{
    return family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/* The port of an address of either family: both have it at the same place. */
static in_port_t *port_of(struct sockaddr_storage *addr)
{
    return &((struct sockaddr_in *)addr)->sin_port;
}

static int is_any(const struct sockaddr_storage *addr)
{
    if (addr->ss_family == AF_INET6)
        return IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)addr)->sin6_addr);
    return ((const struct sockaddr_in *)addr)->sin_addr.s_addr == INADDR_ANY;
}

/* Once a peer is known, the own address is that of the host, of the peer's version of IP. */
static void fix_own(struct names *names)
{
    const struct in6_addr *peer = &((const struct sockaddr_in6 *)&names->peer)->sin6_addr;
    struct in6_addr *own6 = &((struct sockaddr_in6 *)&names->own)->sin6_addr;
    if (!is_any(&names->own))
        return;
    if (names->own.ss_family == AF_INET)
        ((struct sockaddr_in *)&names->own)->sin_addr = world->own4;
    else if (IN6_IS_ADDR_V4MAPPED(peer)) {
        *own6 = *peer;
        memcpy(&own6->s6_addr[12], &world->own4, sizeof world->own4);
    } else
        *own6 = world->own6;
}

static in_port_t next_port(void)
{
    static unsigned port;
    pthread_mutex_lock(&lock);
    if (port == 0)
        port = FIRST_PORT + (unsigned)(world->seed % 20000);
    in_port_t next = htons((uint16_t)port++);
    pthread_mutex_unlock(&lock);
    return next;
}

/* Binds, to a port of ours where none is asked for. */
static int bind_known(int fd, const struct sockaddr *addr, socklen_t length)
{
    struct sockaddr_storage own = {0};
    memcpy(&own, addr, length < sizeof own ? length : sizeof own);
    int open = length >= sizeof(struct sockaddr_in) && *port_of(&own) == 0;
    int bound = -1;
    for (int i = 0; i < (open ? TRIES : 1) && (i == 0 || errno == EADDRINUSE) && bound < 0; i++) {
        if (open)
            *port_of(&own) = next_port();
        bound = CALL(bind, fd, (const struct sockaddr *)&own, length);
    }
    if (bound == 0)
        names_of(fd)->own = own;
    return bound;
}

/* Before what would choose a port: connect, listen, sendto. */
static void bind_open(int fd)
{
    struct names *names = names_of(fd);
    struct sockaddr_storage any = {.ss_family = (sa_family_t)names->domain};
    int error = errno;
    if (names->own.ss_family == 0 && (names->domain == AF_INET || names->domain == AF_INET6))
        bind_known(fd, (const struct sockaddr *)&any, size_of(names->domain));
    errno = error;
}

static int tell(const struct sockaddr_storage *name, struct sockaddr *addr, socklen_t *length)
{
    socklen_t size = size_of(name->ss_family);
    memcpy(addr, name, size < *length ? size : *length);
    *length = size;
    return 0;
}

static int own_name(int fd, struct sockaddr *addr, socklen_t *length)
{
    struct names *names = names_of(fd);
    if (names->domain == 0) {
        errno = EBADF;
        return -1;
    }
    const struct sockaddr_storage none = {.ss_family = (sa_family_t)names->domain};
    return tell(names->own.ss_family != 0 ? &names->own : &none, addr, length);
}

static int peer_name(int fd, struct sockaddr *addr, socklen_t *length)
{
    struct names *names = names_of(fd);
    errno = names->domain == 0 ? EBADF : ENOTCONN;
    return names->peer.ss_family != 0 ? tell(&names->peer, addr, length) : -1;
}

/* --- calls ----------------------------------------------------------------------------------- */

static int make_socket(int domain, int type, int protocol)
{
    int fd = CALL(socket, domain, type, protocol);
    if (fd >= 0)
        *names_of(fd) = (struct names){.domain = domain};
    return fd;
}

static int listen_on(int fd, int backlog)
{
    bind_open(fd);
    return CALL(listen, fd, backlog);
}

static int accept_one(int fd, struct sockaddr *addr, socklen_t *length)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    int made = CALL(accept, fd, (struct sockaddr *)&peer, &size);
    if (made < 0)
        return made;
    struct names *names = names_of(made);
    *names = *names_of(fd);
    names->peer = peer;
    fix_own(names);
    if (addr != NULL && length != NULL)
        tell(&peer, addr, length);
    return made;
}

static int connect_to(int fd, const struct sockaddr *addr, socklen_t length)
{
    bind_open(fd);
    int made = CALL(connect, fd, addr, length);
    int error = errno;
    struct names *names = names_of(fd);
    if ((made == 0 || error == EINPROGRESS) && length <= sizeof names->peer) {
        memcpy(&names->peer, addr, length);
        fix_own(names);
    }
    errno = error;
    return made;
}

static ssize_t send_to(int fd, const void *data, size_t size, int flags,
                       const struct sockaddr *addr, socklen_t length)
{
    if (addr != NULL)
        bind_open(fd);
    if (addr == NULL && adapter.send != NULL)
        return adapter.send(adapter.of, fd, data, size, flags);
    if (addr == NULL && flags == 0 && adapter.sendto == NULL)
        return CALL(write, fd, data, size);
    return CALL(sendto, fd, data, size, flags, addr, length);
}

static ssize_t receive_from(int fd, void *data, size_t size, int flags, struct sockaddr *addr,
                            socklen_t *length)
{
    if (addr == NULL && adapter.recv != NULL)
        return adapter.recv(adapter.of, fd, data, size, flags);
    if (addr == NULL && flags == 0 && adapter.recvfrom == NULL)
        return CALL(read, fd, data, size);
    return CALL(recvfrom, fd, data, size, flags, addr, length);
}

static ssize_t send_message(int fd, const struct msghdr *message, int flags)
{
    if (message->msg_name != NULL)
        bind_open(fd);
    return CALL(sendmsg, fd, message, flags);
}

static ssize_t receive_message(int fd, struct msghdr *message, int flags)
{
    return CALL(recvmsg, fd, message, flags);
}

static int shut_down(int fd, int how)
{
    return CALL(shutdown, fd, how);
}

static int close_one(int fd)
{
    *names_of(fd) = (struct names){0};
    return CALL(close, fd);
}

static int get_option(int fd, int level, int name, void *value, socklen_t *length)
{
    return CALL(getsockopt, fd, level, name, value, length);
}

static int set_option(int fd, int level, int name, const void *value, socklen_t length)
{
    return CALL(setsockopt, fd, level, name, value, length);
}

static int control(int fd, int command, long argument)
{
    return CALL(fcntl, fd, command, argument);
}

static int control_device(int fd, unsigned long request, void *argument)
{
    return CALL(ioctl, fd, request, argument);
}

static int wait_for(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    return CALL(poll, fds, count, timeout_ms);
}

/* --- packets: an adapter's begin with the header of IP, the link's with that of Ethernet -------
 */

static void *bring_in(void *unused)
{
    static uint8_t frame[FRAME_MAX];
    const size_t head = sizeof(struct ether_header);
    (void)unused;
    for (;;) {
        ssize_t size = read(world->link.fd, frame, sizeof frame);
        if (size < 0 && errno != EINTR) {
            perror("shim: the link");
            abort();
        }
        if (size > (ssize_t)head)
            adapter.netdev_send(adapter.of, frame + head, (size_t)size - head);
    }
    return NULL;
}

static void *take_out(void *unused)
{
    static uint8_t frame[FRAME_MAX];
    struct ether_header *head = (struct ether_header *)frame;
    (void)unused;
    memcpy(head->ether_dhost, world->link.peer_mac, ETH_ALEN);
    memcpy(head->ether_shost, world->link.own_mac, ETH_ALEN);
    for (;;) {
        size_t size = sizeof frame - sizeof *head;
        long long when = 0;
        if (adapter.netdev_receive(adapter.of, frame + sizeof *head, &size, &when) < 0 || size == 0)
            continue;
        int six = frame[sizeof *head] >> 4 == 6;
        head->ether_type = htons(six ? ETHERTYPE_IPV6 : ETHERTYPE_IP);
        while (write(world->link.fd, frame, sizeof *head + size) < 0 &&
               (errno == EINTR || errno == ENOBUFS))
            continue;
    }
    return NULL;
}

/* --- the beginning --------------------------------------------------------------------------- */

/* The flags with what the host of the case has. */
static void fill_in(const char *flags, char *text, size_t room)
{
    char values[5][INET6_ADDRSTRLEN];
    static const char *const words[] = {"{own4}", "{peer4}", "{own6}", "{peer6}", "{seed}"};
    inet_ntop(AF_INET, &world->own4, values[0], sizeof *values);
    inet_ntop(AF_INET, &world->peer4, values[1], sizeof *values);
    inet_ntop(AF_INET6, &world->own6, values[2], sizeof *values);
    inet_ntop(AF_INET6, &world->peer6, values[3], sizeof *values);
    snprintf(values[4], sizeof *values, "%llu", (unsigned long long)world->seed);
    size_t at = 0;
    while (*flags != '\0' && at + INET6_ADDRSTRLEN < room) {
        int found = 0;
        while (found < 5 && strncmp(flags, words[found], strlen(words[found])) != 0)
            found++;
        if (found == 5)
            text[at++] = *flags++;
        else {
            at += (size_t)sprintf(text + at, "%s", values[found]);
            flags += strlen(words[found]);
        }
    }
    text[at] = '\0';
}

static int begin_threads(char *why, size_t room)
{
    pthread_t thread;
    int error = pthread_create(&thread, NULL, bring_in, NULL);
    if (error == 0)
        error = pthread_create(&thread, NULL, take_out, NULL);
    if (error != 0)
        snprintf(why, room, "a thread: %s", strerror(error));
    return error == 0 ? 0 : -1;
}

static int begin(const struct sockproof_world *given, char *why, size_t room)
{
    static char file[PATH_MAX];
    static char flags[FLAGS_MAX];
    world = given;
    size_t length = strcspn(world->argument, ",");
    snprintf(file, sizeof file, "%.*s", (int)length, world->argument);
    fill_in(world->argument[length] == ',' ? world->argument + length + 1 : "", flags,
            sizeof flags);
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    void *symbol = library != NULL ? dlsym(library, "packetdrill_interface_init") : NULL;
    initialise *init = NULL;
    memcpy(&init, &symbol, sizeof init);
    if (init == NULL) {
        snprintf(why, room, "%s", dlerror());
        return -1;
    }
    init(flags, &adapter);
    if (adapter.socket != NULL && adapter.netdev_send != NULL && adapter.netdev_receive != NULL)
        return begin_threads(why, room);
    snprintf(why, room, "the adapter %s has no socket, netdev_send or netdev_receive", file);
    return -1;
}

static const struct sockproof_stack table = {
    .abi = SOCKPROOF_STACK_ABI,
    .size = sizeof table,
    .version = "packetdrill",
    .speaks = SOCKPROOF_TCP | SOCKPROOF_UDP | SOCKPROOF_IPV4 | SOCKPROOF_IPV6,
    .recovery = 4,
    .begin = begin,
    .socket = make_socket,
    .bind = bind_known,
    .listen = listen_on,
    .accept = accept_one,
    .connect = connect_to,
    .sendto = send_to,
    .recvfrom = receive_from,
    .sendmsg = send_message,
    .recvmsg = receive_message,
    .shutdown = shut_down,
    .close = close_one,
    .getsockopt = get_option,
    .setsockopt = set_option,
    .getsockname = own_name,
    .getpeername = peer_name,
    .fcntl = control,
    .ioctl = control_device,
    .poll = wait_for,
};

const struct sockproof_stack *sockproof_stack(uint32_t abi)
{
    return abi == SOCKPROOF_STACK_ABI ? &table : NULL;
}
