/* SPDX-License-Identifier: MIT */
#include "actor/meaning.h"

#include "case/constant.h"

#include <fcntl.h>

_Static_assert(sizeof(union verb_in) % sizeof(struct argument) == 0, "arguments and nothing else");

enum how {
    HOW_PLAIN, /* a number: of bytes, descriptors, time */
    HOW_ONE,   /* a constant */
    HOW_MANY,  /* flags */
    HOW_BITS,  /* bit n for constant n */
    HOW_OPTION,
    HOW_COMMAND /* by the command of fcntl that it is for; what an ioctl is given is a number */
};

struct meaning {
    enum how how;
    enum constant_group group;
    enum laid laid;
};

/* By what may stand in a parameter's place. A type that is not here is of plain numbers or bytes.
 */
static const struct meaning of_type[] = {
    [TYPE_DIRECTION] = {HOW_PLAIN, 0, LAID_BYTES}, /* the last of them */
    [TYPE_BYTES_LIST] = {HOW_PLAIN, 0, LAID_WIDE},
    [TYPE_SIZE_LIST] = {HOW_PLAIN, 0, LAID_WIDE},
    [TYPE_ADDRESS] = {HOW_PLAIN, 0, LAID_ADDRESS},
    [TYPE_OPTION_NAME] = {HOW_OPTION, 0, LAID_BYTES},
    [TYPE_OPTION_VALUE] = {HOW_PLAIN, 0, LAID_OPTION},
    [TYPE_OPTION_ASKED] = {HOW_PLAIN, 0, LAID_OPTION},
    [TYPE_CONTROL] = {HOW_PLAIN, 0, LAID_CONTROL},
    [TYPE_SOCKET_TYPE] = {HOW_MANY, GROUP_SOCKET_TYPE, LAID_BYTES},
    [TYPE_PROTOCOL] = {HOW_ONE, GROUP_PROTOCOL, LAID_BYTES},
    [TYPE_FAMILY] = {HOW_ONE, GROUP_FAMILY, LAID_BYTES},
    [TYPE_SHUT] = {HOW_ONE, GROUP_SHUT, LAID_BYTES},
    [TYPE_MSG_FLAGS] = {HOW_MANY, GROUP_MSG, LAID_BYTES},
    [TYPE_POLL_EVENTS] = {HOW_MANY, GROUP_POLL, LAID_BYTES},
    [TYPE_EPOLL_EVENTS] = {HOW_MANY, GROUP_EPOLL, LAID_BYTES},
    [TYPE_EPOLL_OP] = {HOW_ONE, GROUP_EPOLL_OP, LAID_BYTES},
    [TYPE_OPEN_FLAGS] = {HOW_MANY, GROUP_OPEN, LAID_BYTES},
    [TYPE_FCNTL] = {HOW_ONE, GROUP_FCNTL, LAID_BYTES},
    [TYPE_COMMAND_ARG] = {HOW_COMMAND, 0, LAID_BYTES},
    [TYPE_IOCTL] = {HOW_ONE, GROUP_IOCTL, LAID_BYTES},
    [TYPE_SIGNAL] = {HOW_ONE, GROUP_SIGNAL, LAID_BYTES},
    [TYPE_SIGACTION_FLAGS] = {HOW_MANY, GROUP_SIGACTION, LAID_BYTES},
    [TYPE_SIGNALS] = {HOW_BITS, GROUP_SIGNAL, LAID_BYTES},
    [TYPE_SPLICE_FLAGS] = {HOW_MANY, GROUP_SPLICE, LAID_BYTES}};

struct argument *meaning_argument(struct call *call, size_t i)
{
    return (struct argument *)&call->in + i;
}

/* What no parameter stands for is plain. */
static struct meaning meaning_of(struct call *call, size_t i)
{
    const struct verb *verb = verb_get(call->verb);
    struct meaning meaning = {HOW_PLAIN, 0, LAID_BYTES};
    for (size_t p = 0; p < verb->param_count; p++)
        if (verb_argument(&call->in, call->verb, p) == meaning_argument(call, i))
            meaning = of_type[verb->params[p].type];
    return meaning;
}

/* What fcntl is given, and what it gives: a number of its own for each command. */
static int64_t code_command(const struct coder *coder, const struct call *call, int64_t number,
                            bool set)
{
    int64_t command = call->in.option.cmd.number;
    if (command == (set ? F_SETFL : F_GETFL))
        number = coder_flags(coder, GROUP_OPEN, number);
    else if (command == (set ? F_SETSIG : F_GETSIG))
        number = coder_constant(coder, GROUP_SIGNAL, number);
    else
        CODE(coder, number);
    return number;
}

void meaning_number(const struct coder *coder, struct call *call, size_t i)
{
    int64_t *number = &meaning_argument(call, i)->number;
    struct meaning meaning = meaning_of(call, i);
    switch (meaning.how) {
    case HOW_PLAIN:
        CODE(coder, *number);
        break;
    case HOW_ONE:
        CODE_CONSTANT(coder, meaning.group, *number);
        break;
    case HOW_MANY:
        CODE_FLAGS(coder, meaning.group, *number);
        break;
    case HOW_BITS:
        *number = (int64_t)coder_bits(coder, meaning.group, (uint64_t)*number);
        break;
    case HOW_OPTION:
        *number = coder_option(coder, *number);
        break;
    case HOW_COMMAND:
        *number = code_command(coder, call, *number, true);
        break;
    }
}

enum laid meaning_given(struct call *call, size_t i)
{
    return meaning_of(call, i).laid;
}

enum laid meaning_out(const struct call *call)
{
    static const enum laid outs[VERB_COUNT] = {[VERB_getsockopt] = LAID_OPTION,
                                               [VERB_socketpair] = LAID_NARROW,
                                               [VERB_ioctl] = LAID_REQUEST,
                                               [VERB_sendfile] = LAID_WIDE,
                                               [VERB_epoll_wait] = LAID_EVENTS};
    return outs[call->verb];
}

enum laid meaning_out2(const struct call *call)
{
    static const enum laid outs[VERB_COUNT] = {
        [VERB_recvmsg] = LAID_CONTROL, [VERB_recvmmsg] = LAID_WIDE, [VERB_recv_each] = LAID_WIDE};
    return outs[call->verb];
}

void meaning_answer(const struct coder *coder, struct call *call)
{
    unsigned outs = verb_get(call->verb)->outs;
    if (call->verb == VERB_fcntl)
        call->result = code_command(coder, call, call->result, false);
    else
        CODE(coder, call->result);
    if ((outs & OUT_revents) != 0)
        CODE_FLAGS(coder, GROUP_POLL, call->flags);
    else
        CODE_FLAGS(coder, GROUP_MSG, call->flags);
}
