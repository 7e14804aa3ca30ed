/* SPDX-License-Identifier: MIT */
#include "actor/meaning.h"

#include "actor/frame_proof.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static struct call call, other;

static void begin(void)
{
    memset(&call, 0, sizeof call);
    memset(&other, 0, sizeof other);
    proof_pack();
}

TestSuite(meaning, .init = begin);

/* Which of its arguments that is. */
static size_t number_of(const struct argument *argument)
{
    size_t i = 0;
    while (meaning_argument(&call, i) != argument)
        i++;
    return i;
}

/* The argument of a call goes as these bytes, and comes back. */
static void goes(struct argument *argument, const uint8_t *sent, size_t length)
{
    size_t i = number_of(argument);
    proof_pack();
    meaning_number(&packing, &call, i);
    proof_packed(sent, length);
    other.verb = call.verb;
    other.in.option.cmd = call.in.option.cmd; /* it has gone before */
    proof_unpack(sent, length);
    meaning_number(&unpacking, &other, i);
    proof_understood();
    cr_assert_eq(meaning_argument(&other, i)->number, argument->number);
}

Test(meaning, the_arguments_of_a_socket_are_constants)
{
    struct socket_in *in = &call.in.socket;
    call.verb = VERB_socket;
    in->type.number = SOCK_STREAM | SOCK_CLOEXEC;
    in->domain.number = AF_INET6;
    in->protocol.number = IPPROTO_TCP;
    const uint8_t type[] = {
        LITTLE(bit(GROUP_SOCKET_TYPE, "SOCK_STREAM") | bit(GROUP_SOCKET_TYPE, "SOCK_CLOEXEC")),
        LITTLE(0)};
    const uint8_t domain[] = {LITTLE(place(GROUP_FAMILY, "AF_INET6"))};
    const uint8_t protocol[] = {LITTLE(place(GROUP_PROTOCOL, "IPPROTO_TCP"))};
    goes(&in->type, type, sizeof type);
    goes(&in->domain, domain, sizeof domain);
    goes(&in->protocol, protocol, sizeof protocol);
}

/* The same place of another verb is another thing: a number of bytes. */
Test(meaning, it_is_the_verb_that_says_what_a_number_is)
{
    const uint8_t how[] = {LITTLE(place(GROUP_SHUT, "SHUT_WR"))};
    call.verb = VERB_shutdown;
    call.in.socket.how.number = SHUT_WR;
    goes(&call.in.socket.how, how, sizeof how);
    const uint8_t plain[] = {LITTLE(5)};
    call.verb = VERB_listen;
    call.in.socket.backlog.number = 5;
    goes(&call.in.socket.backlog, plain, sizeof plain);
}

Test(meaning, commands_say_what_they_are_given)
{
    struct option_in *in = &call.in.option;
    call.verb = VERB_fcntl;
    in->cmd.number = F_SETFL;
    in->arg.number = O_RDWR | O_NONBLOCK;
    const uint8_t cmd[] = {LITTLE(place(GROUP_FCNTL, "F_SETFL"))};
    const uint8_t flags[] = {LITTLE(bit(GROUP_OPEN, "O_RDWR") | bit(GROUP_OPEN, "O_NONBLOCK")),
                             LITTLE(0)};
    goes(&in->cmd, cmd, sizeof cmd);
    goes(&in->arg, flags, sizeof flags);
    in->cmd.number = F_SETSIG;
    in->arg.number = SIGUSR1;
    const uint8_t signal[] = {LITTLE(place(GROUP_SIGNAL, "SIGUSR1"))};
    goes(&in->arg, signal, sizeof signal);
    in->cmd.number = F_SETOWN;
    const uint8_t plain[] = {LITTLE(SIGUSR1)};
    goes(&in->arg, plain, sizeof plain);
}

Test(meaning, options_requests_and_signals_go_by_name)
{
    const struct option *option = option_numbered(SOL_SOCKET, SO_REUSEADDR);
    const uint8_t name[] = {LITTLE((uint64_t)(option - option_table()) + 1)};
    call.verb = VERB_setsockopt;
    call.in.option.name.number = (int64_t)SOL_SOCKET << 32 | SO_REUSEADDR;
    goes(&call.in.option.name, name, sizeof name);
    const uint8_t request[] = {LITTLE(place(GROUP_IOCTL, "FIONREAD"))};
    call.verb = VERB_ioctl;
    call.in.option.request.number = FIONREAD;
    goes(&call.in.option.request, request, sizeof request);
    const uint8_t mask[] = {LITTLE(bit(GROUP_SIGNAL, "SIGUSR1"))};
    call.verb = VERB_ppoll;
    call.in.ready.mask.number = INT64_C(1) << SIGUSR1;
    goes(&call.in.ready.mask, mask, sizeof mask);
    const uint8_t signal[] = {LITTLE(place(GROUP_SIGNAL, "SIGUSR1"))};
    call.verb = VERB_kill;
    call.in.process.signal.number = SIGUSR1;
    goes(&call.in.process.signal, signal, sizeof signal);
}

/* The result and the flags of a call. */
static void answers(int64_t result, int flags, const uint8_t *sent, size_t length)
{
    call.result = result;
    call.flags = flags;
    proof_pack();
    meaning_answer(&packing, &call);
    proof_packed(sent, length);
    other.verb = call.verb;
    other.in.option.cmd = call.in.option.cmd;
    proof_unpack(sent, length);
    meaning_answer(&unpacking, &other);
    proof_understood();
    cr_assert(other.result == result && other.flags == flags);
}

Test(meaning, answers_have_flags_of_their_verb)
{
    const uint8_t message[] = {LITTLE(9), LITTLE(bit(GROUP_MSG, "MSG_TRUNC")), LITTLE(0)};
    call.verb = VERB_recvmsg;
    answers(9, MSG_TRUNC, message, sizeof message);
    const uint8_t ready[] = {
        LITTLE(1), LITTLE(bit(GROUP_POLL, "POLLIN") | bit(GROUP_POLL, "POLLHUP")), LITTLE(0)};
    call.verb = VERB_poll;
    answers(1, POLLIN | POLLHUP, ready, sizeof ready);
    const uint8_t status[] = {LITTLE(bit(GROUP_OPEN, "O_RDWR")), LITTLE(0), LITTLE(0), LITTLE(0)};
    call.verb = VERB_fcntl;
    call.in.option.cmd.number = F_GETFL;
    answers(O_RDWR, 0, status, sizeof status);
}

/* What fails has no flags: -1 is a number. */
Test(meaning, a_failure_is_one_whatever_the_command)
{
    call.verb = VERB_fcntl;
    call.in.option.cmd.number = F_GETFL;
    call.result = -1;
    meaning_answer(&packing, &call);
    other.verb = VERB_fcntl;
    other.in.option.cmd.number = F_GETFL;
    proof_unpack_packed(0);
    meaning_answer(&unpacking, &other);
    cr_assert_eq(other.result, -1);
    const uint8_t sent[] = {LITTLE(0), LITTLE(-1), LITTLE(0), LITTLE(0)};
    proof_packed(sent, sizeof sent);
}

/* Whatever stands there; nothing of a verb is lost on the way. */
Test(meaning, every_argument_of_every_verb_arrives)
{
    static const int64_t numbers[] = {0, 1, -1, 2, 4096, INT64_C(0x7fffffff), INT64_C(5) << 32 | 7};
    for (enum verb_id verb = 0; verb < VERB_COUNT; verb++)
        for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++) {
            begin();
            call.verb = other.verb = verb;
            for (size_t i = 0; i < MEANING_ARGUMENTS; i++) {
                bool bits = meaning_argument(&call, i) == &call.in.ready.mask && numbers[n] != 4096;
                meaning_argument(&call, i)->number = bits ? 0 : numbers[n];
                meaning_number(&packing, &call, i);
            }
            proof_unpack_packed(0);
            for (size_t i = 0; i < MEANING_ARGUMENTS; i++)
                meaning_number(&unpacking, &other, i);
            proof_understood();
            for (size_t i = 0; i < MEANING_ARGUMENTS; i++)
                cr_assert_eq(meaning_argument(&other, i)->number,
                             meaning_argument(&call, i)->number, "%s, %zu", verb_get(verb)->name,
                             i);
        }
}

Test(meaning, pieces_are_laid_out_as_their_parameters_say)
{
    call.verb = VERB_sendmsg;
    cr_assert_eq(meaning_given(&call, number_of(&call.in.message.control)), LAID_CONTROL);
    cr_assert_eq(meaning_given(&call, number_of(&call.in.message.to)), LAID_ADDRESS);
    call.verb = VERB_setsockopt;
    cr_assert_eq(meaning_given(&call, number_of(&call.in.option.value)), LAID_OPTION);
    call.verb = VERB_getsockopt;
    cr_assert_eq(meaning_out(&call), LAID_OPTION);
    call.verb = VERB_recvmsg;
    cr_assert(meaning_out(&call) == LAID_BYTES && meaning_out2(&call) == LAID_CONTROL);
    call.verb = VERB_epoll_wait;
    cr_assert_eq(meaning_out(&call), LAID_EVENTS);
}

Test(meaning, a_name_that_there_is_not_is_refused)
{
    const uint8_t sent[] = {LITTLE(1000)};
    other.verb = VERB_shutdown;
    call.verb = VERB_shutdown;
    proof_unpack(sent, sizeof sent);
    meaning_number(&unpacking, &other, number_of(&call.in.socket.how));
    cr_assert_not(proof_opened.good);
}
