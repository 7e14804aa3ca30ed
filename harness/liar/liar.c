#include "liar/liar.h"

#include "liar/told.h"
#include "stack/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Theory of operation. Every call of the table is wrapped; a wrapper does what its operators say
 * when the lie is about its call, and otherwise hands over. So the names are generated: one for
 * each operator that a call lists, and, since an option ignored is a lie of its own, one for each
 * option that setsockopt may ignore.
 */
enum { LIE_MAX = 600, NAME_MAX_LIE = 48 };

const struct stack *const liar_truth = &stack_linux;
struct lie liar_told = {.call = CALL_COUNT};

__extension__ typedef unsigned __int128 operator_set;
#define BIT(id) ((operator_set)1 << OP_##id)

static const struct {
    const char *name;
    operator_set operators;
} calls[CALL_COUNT] = {
#define CALL(name, operators) {#name, operators},
#include "liar/lies.def"
#undef CALL
};

static const struct {
    const char *word;
    const char *says;
} operators[OP_COUNT] = {
#define OPERATOR(id, word, says) {word, says},
#include "liar/operators.def"
#undef OPERATOR
};

static const struct {
    const char *name;
    int level, option;
} options[] = {
#define OPTION(level, name)                                                                        \
    {                                                                                              \
#name, level, name                                                                         \
    }
    OPTION(SOL_SOCKET, SO_REUSEADDR),
    OPTION(SOL_SOCKET, SO_LINGER),
    OPTION(SOL_SOCKET, SO_RCVTIMEO),
    OPTION(SOL_SOCKET, SO_SNDTIMEO),
    OPTION(SOL_SOCKET, SO_RCVLOWAT),
    OPTION(SOL_SOCKET, SO_RCVBUF),
    OPTION(SOL_SOCKET, SO_SNDBUF),
    OPTION(SOL_SOCKET, SO_OOBINLINE),
    OPTION(SOL_SOCKET, SO_KEEPALIVE),
    OPTION(SOL_SOCKET, SO_BROADCAST),
    OPTION(IPPROTO_TCP, TCP_NODELAY),
    OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT),
    OPTION(IPPROTO_IP, IP_TTL),
    OPTION(IPPROTO_IP, IP_TOS),
    OPTION(IPPROTO_IP, IP_PKTINFO),
    OPTION(IPPROTO_IP, IP_RECVERR),
    OPTION(IPPROTO_IP, IP_HDRINCL),
    OPTION(IPPROTO_IPV6, IPV6_RECVPKTINFO),
    OPTION(IPPROTO_IPV6, IPV6_RECVERR),
    OPTION(IPPROTO_IPV6, IPV6_V6ONLY),
    OPTION(IPPROTO_IPV6, IPV6_UNICAST_HOPS),
#undef OPTION
};

static struct {
    size_t count;
    char text[LIE_MAX][NAME_MAX_LIE];
    const char *name[LIE_MAX + 1];
    struct lie lie[LIE_MAX];
} all;

static void add(enum call call, enum operator operator, const char * more, int level, int option)
{
    if (all.count == LIE_MAX)
        return;
    char *text = all.text[all.count];
    snprintf(text, NAME_MAX_LIE, "%s/%s%s", calls[call].name, operators[operator].word, more);
    all.name[all.count] = text;
    all.lie[all.count++] = (struct lie){call, operator, level, option};
}

static void generate(void)
{
    if (all.count > 0)
        return;
    for (int call = 0; call < CALL_COUNT; call++)
        for (int operator= 0; operator<OP_COUNT; operator++)
            if (calls[call].operators >> operator& 1)
                add((enum call)call, (enum operator) operator, "", 0, 0);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        add(CALL_setsockopt, OP_IGNORE_ONE, options[i].name, options[i].level, options[i].option);
}

const char *const *liar_names(void)
{
    generate();
    return all.name;
}

static const struct lie *find(const char *name)
{
    const struct lie *found = NULL;
    generate();
    for (size_t i = 0; i < all.count && found == NULL; i++)
        if (strcmp(all.name[i], name) == 0)
            found = &all.lie[i];
    return found;
}

const char *liar_says(const char *lie)
{
    const struct lie *found = find(lie);
    return found != NULL ? operators[found->operator].says : NULL;
}

const struct stack *liar_stack(const char *lie)
{
    static struct stack liar;
    const struct lie *found = find(lie);
    if (found == NULL)
        return NULL;
    liar_told = *found;
    liar = *liar_truth;
    liar_fill_sockets(&liar);
    liar_fill_sending(&liar);
    liar_fill_receiving(&liar);
    liar_fill_options(&liar);
    liar_fill_readiness(&liar);
    liar_fill_many(&liar);
    return &liar;
}

/* --- what the wrappers share ----------------------------------------------------------------- */

bool liar_about(enum call call)
{
    return liar_told.call == call;
}

bool liar_tells(enum call call, enum operator operator)
{
    return liar_told.call == call && liar_told.operator== operator;
}

/* A neighbour of the errno: what a careless stack might say instead. Never EINTR, on which careful
   programs try again for ever. */
static int other_errno(int error)
{
    static const int pairs[][2] = {
        {EAGAIN, ENOBUFS},         {EPIPE, ECONNRESET},     {ECONNRESET, EPIPE},
        {ECONNREFUSED, ETIMEDOUT}, {ENOTCONN, EINVAL},      {EBADF, ENOTSOCK},
        {ENOTSOCK, EBADF},         {EINVAL, EOPNOTSUPP},    {EADDRINUSE, EACCES},
        {EISCONN, EALREADY},       {EINPROGRESS, EALREADY}, {ETIMEDOUT, EHOSTUNREACH},
        {EMSGSIZE, ENOBUFS},       {EINTR, EAGAIN},         {EOPNOTSUPP, EINVAL},
    };
    int other = EIO;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][0] == error)
            other = pairs[i][1];
    return other;
}

ssize_t liar_result(enum call call, ssize_t result)
{
    if (result < 0 && liar_tells(call, OP_ERRNO))
        errno = other_errno(errno);
    return result < 0 && liar_tells(call, OP_SUCCESS) ? 0 : result;
}

/* The same file at a higher number. */
static int moved_up(int fd)
{
    bool cloexec = fcntl(fd, F_GETFD) & FD_CLOEXEC;
    int high = fcntl(fd, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, fd + 1);
    if (high >= 0)
        close(fd);
    return high >= 0 ? high : fd;
}

/* A descriptor that is no socket; an old one where no new one can be had. */
static int some_descriptor(void)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    return fd >= 0 ? fd : STDIN_FILENO;
}

int liar_descriptor(enum call call, int fd)
{
    if (fd < 0 && liar_tells(call, OP_ERRNO))
        errno = other_errno(errno);
    if (fd < 0 && liar_tells(call, OP_SUCCESS))
        fd = some_descriptor();
    return fd >= 0 && liar_tells(call, OP_HIGH) ? moved_up(fd) : fd;
}

void liar_shift_port(struct sockaddr *addr)
{
    /* The port stands at the same place in both families. */
    struct sockaddr_in *in = (struct sockaddr_in *)(void *)addr;
    if (addr->sa_family == AF_INET || addr->sa_family == AF_INET6)
        in->sin_port = htons((uint16_t)(ntohs(in->sin_port) + 1));
}

void liar_address(enum call call, struct sockaddr *addr, socklen_t *length)
{
    if (addr == NULL || length == NULL || *length < sizeof(struct sockaddr_in))
        return;
    if (liar_tells(call, OP_NO_ADDRESS)) {
        memset(addr, 0, *length);
        *length = 0;
    }
    if (liar_tells(call, OP_WRONG_PORT))
        liar_shift_port(addr);
}
