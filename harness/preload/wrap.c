#include "preload/wrapper.h"

#include "preload/entry.h"
#include "preload/gate.h"
#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/rearm.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Theory of operation. Each wrapper is made from its line in call.def. It is one jump through a
 * pointer: to the library's own function when there is nothing to watch, else to the gate. There
 * its kind, read as a macro, fills in a gate with the addresses of the wrapper's own parameters, so
 * that the gate can cut what is moved; then the real function is called with them, and the gate has
 * the last word.
 */
#define GATE_INIT_PLAIN(FD) .kind = GATE_PLAIN, .fd = FD
#define GATE_INIT_MOVE(FD, SIZE, FLAGS) .kind = GATE_MOVE, .fd = FD, .size = &(SIZE), .flags = FLAGS
#define GATE_INIT_VECTOR(FD, IOV, COUNT)                                                           \
    .kind = GATE_MOVE, .fd = FD, .iov = &(IOV), .buffers = &(COUNT)
#define GATE_INIT_MESSAGE(FD, MESSAGE, FLAGS)                                                      \
    .kind = GATE_MOVE, .fd = FD, .header = (const struct msghdr **)&(MESSAGE), .flags = FLAGS
#define GATE_INIT_MANY(FD, VECTOR, COUNT, FLAGS)                                                   \
    .kind = GATE_MANY, .fd = FD, .vector = VECTOR, .count = &(COUNT), .flags = FLAGS
#define GATE_INIT_SPLICE(FROM, TO, SIZE) .kind = GATE_MOVE, .fd = TO, .other = FROM, .size = &(SIZE)
#define GATE_INIT_MAKE(FD) .kind = GATE_MAKE, .fd = FD
#define GATE_INIT_PAIR(PAIR) .kind = GATE_PAIR, .fd = -1, .pair = PAIR
#define GATE_INIT_CONNECT(FD, ADDRESS, LENGTH)                                                     \
    .kind = GATE_CONNECT, .fd = FD, .address = ADDRESS, .address_size = LENGTH
#define GATE_INIT_CLOSE(FD) .kind = GATE_CLOSE, .fd = FD, .last = (unsigned)(FD)
#define GATE_INIT_CLOSE_MANY(FIRST, LAST) .kind = GATE_CLOSE, .fd = (int)(FIRST), .last = LAST
#define GATE_INIT_COPY(FD, WANTED) .kind = GATE_COPY, .fd = FD, .other = WANTED
#define GATE_INIT_CONTROL(FD, COMMAND) .kind = GATE_CONTROL, .fd = FD, .other = COMMAND
#define GATE_INIT_OPTION(FD, LEVEL, NAME, VALUE)                                                   \
    .kind = GATE_OPTION, .fd = FD, .level = LEVEL, .option = NAME, .value = VALUE
#define GATE_INIT_POLL(LIST, COUNT, WAITS)                                                         \
    .kind = GATE_WAIT, .fd = -1, .list = LIST, .list_count = COUNT, .waits = WAITS
#define GATE_INIT_SELECT(COUNT, IN, OUT, EXCEPT, WAITS)                                            \
    .kind = GATE_WAIT, .fd = -1, .set_count = COUNT, .sets = {IN, OUT, EXCEPT}, .waits = WAITS
#define GATE_INIT_EPOLL(FD, WAITS) .kind = GATE_WAIT, .fd = FD, .epoll = true, .waits = WAITS
#define GATE_INIT_WATCH(FD, OPERATION, TARGET, EVENT)                                              \
    .kind = GATE_WATCH, .fd = FD, .flags = OPERATION, .other = TARGET, .event = EVENT
#define GATE_INIT_NAME_CODE(FD) .kind = GATE_NAME_CODE, .fd = FD
#define GATE_INIT_NAME_POINTER(FD) .kind = GATE_NAME_POINTER, .fd = FD
#define GATE_INIT_NAME_R(FOUND, ERROR)                                                             \
    .kind = GATE_NAME_R, .fd = -1, .found = FOUND, .name_error = ERROR

#define CALL(symbol, at, kind, result, parameters, arguments)                                      \
    static result gated_##symbol parameters                                                        \
    {                                                                                              \
        if (!gate_on)                                                                              \
            return REAL(symbol) arguments;                                                         \
        struct gate gate = {.point = POINT_##at, GATE_INIT_##kind};                                \
        result outcome = (result)0;                                                                \
        if (gate_enter(&gate))                                                                     \
            outcome = REAL(symbol) arguments;                                                      \
        return (result)gate_leave(&gate, (intptr_t)outcome);                                       \
    }                                                                                              \
    static result(*next_##symbol) parameters = gated_##symbol;                                     \
    result wrap_##symbol parameters                                                                \
    {                                                                                              \
        return next_##symbol arguments;                                                            \
    }
#include "preload/call.def"

void wrap_straight(void)
{
#define CALL(symbol, ...) next_##symbol = REAL(symbol);
#include "preload/call.def"
}

void wrap_closefrom(int first)
{
    if (gate_noting)
        descriptor_forget((unsigned)(first > 0 ? first : 0), ~0U);
    REAL(closefrom)(first);
}

struct beginning {
    void *(*start)(void *);
    void *argument;
    char name[LINEAGE];
};

static void *begin(void *argument)
{
    struct beginning beginning = *(struct beginning *)argument;
    free(argument);
    lineage_name(beginning.name);
    return beginning.start(beginning.argument);
}

int wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                        void *argument)
{
    struct beginning *beginning = gate_noting ? malloc(sizeof *beginning) : NULL;
    if (beginning == NULL)
        return REAL(pthread_create)(thread, attributes, start, argument);
    *beginning = (struct beginning){.start = start, .argument = argument};
    lineage_child(beginning->name);
    int error = REAL(pthread_create)(thread, attributes, begin, beginning);
    if (error != 0)
        free(beginning);
    return error;
}

static bool is_socket_call(long number)
{
    static const long numbers[] = {SYS_socket,  SYS_connect,  SYS_accept4,  SYS_sendto,
                                   SYS_sendmsg, SYS_recvfrom, SYS_recvmsg,  SYS_sendmmsg,
                                   SYS_bind,    SYS_listen,   SYS_recvmmsg, SYS_shutdown};
    bool found = false;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        found = found || numbers[i] == number;
    return found;
}

static void note(enum record_kind kind, int fd, long number)
{
    struct control_record record = {.kind = kind, .fd = fd, .number = number};
    entry_write(&record);
}

long wrap_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    if (gate_noting && number == SYS_io_uring_setup)
        note(RECORD_RING, -1, number);
    else if (gate_noting && is_socket_call(number))
        note(RECORD_NUMBER, (int)a, number);
    return REAL(syscall)(number, a, b, c, d, e, f);
}

FILE *wrap_fdopen(int fd, const char *mode)
{
    if (gate_noting && descriptor_find(fd) != NULL)
        note(RECORD_STREAM, fd, 0);
    return REAL(fdopen)(fd, mode);
}
