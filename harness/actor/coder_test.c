/* SPDX-License-Identifier: MIT */
#include "actor/frame_proof.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { NAMELESS_ERROR = 9999, NAMELESS_FLAG = 0x100000, NAMELESS_OPTION = 9999 };

/* As it is sent by any machine, whatever number the constant has there. */
Test(coder, a_constant_goes_by_its_name)
{
    const uint8_t sent[] = {LITTLE(place(GROUP_ERRNO, "ECONNRESET"))};
    proof_pack();
    cr_assert_eq(coder_constant(&packing, GROUP_ERRNO, ECONNRESET), ECONNRESET);
    proof_packed(sent, sizeof sent);
    proof_unpack(sent, sizeof sent);
    cr_assert_eq(coder_constant(&unpacking, GROUP_ERRNO, 0), ECONNRESET);
    proof_understood();
}

Test(coder, a_number_without_a_name_goes_as_it_is)
{
    const int64_t numbers[] = {NAMELESS_ERROR, -1, INT64_MIN};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const uint8_t sent[] = {LITTLE(0), LITTLE(numbers[i])};
        proof_pack();
        coder_constant(&packing, GROUP_ERRNO, numbers[i]);
        proof_packed(sent, sizeof sent);
        proof_unpack(sent, sizeof sent);
        cr_assert_eq(coder_constant(&unpacking, GROUP_ERRNO, 0), numbers[i]);
        proof_understood();
    }
}

/* On some machines the second name has a number of its own. */
Test(coder, a_second_name_is_understood)
{
    const uint8_t sent[] = {LITTLE(place(GROUP_ERRNO, "EWOULDBLOCK"))};
    proof_unpack(sent, sizeof sent);
    cr_assert_eq(coder_constant(&unpacking, GROUP_ERRNO, 0), EWOULDBLOCK);
}

Test(coder, a_name_that_the_group_has_not_is_refused)
{
    const uint64_t places[] = {place(GROUP_SHUT, "SHUT_RDWR") + 1, 1000, INT64_MAX, UINT64_MAX,
                               UINT64_C(1) << 63};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const uint8_t sent[] = {LITTLE(places[i])};
        proof_unpack(sent, sizeof sent);
        cr_assert_eq(coder_constant(&unpacking, GROUP_SHUT, 0), 0);
        cr_assert_not(proof_opened.good, "%zu", i);
    }
}

static void flags_go(enum constant_group group, int64_t value, uint64_t names, int64_t rest)
{
    const uint8_t sent[] = {LITTLE(names), LITTLE(rest)};
    proof_pack();
    cr_assert_eq(coder_flags(&packing, group, value), value);
    proof_packed(sent, sizeof sent);
    proof_unpack(sent, sizeof sent);
    cr_assert_eq(coder_flags(&unpacking, group, 0), value);
    proof_understood();
}

Test(coder, flags_go_by_their_names_and_bits_without_one_as_they_are)
{
    flags_go(GROUP_MSG, MSG_PEEK | MSG_DONTWAIT | NAMELESS_FLAG,
             bit(GROUP_MSG, "MSG_PEEK") | bit(GROUP_MSG, "MSG_DONTWAIT"), NAMELESS_FLAG);
    flags_go(GROUP_MSG, 0, 0, 0);
    flags_go(GROUP_OPEN, -1, 0, -1); /* of what has failed */
    flags_go(GROUP_EPOLL, (int64_t)(uint32_t)EPOLLET | EPOLLIN,
             bit(GROUP_EPOLL, "EPOLLET") | bit(GROUP_EPOLL, "EPOLLIN"), 0);
}

/* Types are no bits: 3 is neither 1 nor 2, and of O_RDONLY no bit is set. */
Test(coder, a_choice_among_flags_is_one_name)
{
    flags_go(GROUP_SOCKET_TYPE, SOCK_RAW | SOCK_NONBLOCK,
             bit(GROUP_SOCKET_TYPE, "SOCK_RAW") | bit(GROUP_SOCKET_TYPE, "SOCK_NONBLOCK"), 0);
    flags_go(GROUP_SOCKET_TYPE, 9, 0, 9);
    flags_go(GROUP_OPEN, O_RDONLY | O_APPEND,
             bit(GROUP_OPEN, "O_RDONLY") | bit(GROUP_OPEN, "O_APPEND"), 0);
    flags_go(GROUP_OPEN, O_RDWR | O_NONBLOCK,
             bit(GROUP_OPEN, "O_RDWR") | bit(GROUP_OPEN, "O_NONBLOCK"), 0);
}

Test(coder, flags_that_the_group_has_not_are_refused)
{
    const uint8_t sent[] = {LITTLE(UINT64_C(1) << 63), LITTLE(0)};
    proof_unpack(sent, sizeof sent);
    coder_flags(&unpacking, GROUP_MSG, 0);
    cr_assert_not(proof_opened.good);
    proof_unpack(sent, sizeof sent);
    coder_bits(&unpacking, GROUP_SIGNAL, 0);
    cr_assert_not(proof_opened.good);
}

Test(coder, bits_that_stand_for_signals_go_by_their_names)
{
    const uint64_t signals = UINT64_C(1) << SIGPIPE | UINT64_C(1) << SIGUSR1;
    const uint8_t sent[] = {LITTLE(bit(GROUP_SIGNAL, "SIGPIPE") | bit(GROUP_SIGNAL, "SIGUSR1"))};
    proof_pack();
    cr_assert_eq(coder_bits(&packing, GROUP_SIGNAL, signals), signals);
    proof_packed(sent, sizeof sent);
    proof_unpack(sent, sizeof sent);
    cr_assert_eq(coder_bits(&unpacking, GROUP_SIGNAL, 0), signals);
    proof_understood();
}

/* MIPS numbers the level SOL_SOCKET and the options of it otherwise. */
Test(coder, an_option_goes_by_its_name_or_with_the_name_of_its_level)
{
    int64_t known = (int64_t)SOL_SOCKET << 32 | SO_ERROR;
    int64_t unknown = (int64_t)SOL_SOCKET << 32 | NAMELESS_OPTION;
    uint64_t at = (uint64_t)(option_numbered(SOL_SOCKET, SO_ERROR) - option_table()) + 1;
    const uint8_t sent[] = {LITTLE(at), LITTLE(0), LITTLE(place(GROUP_LEVEL, "SOL_SOCKET")),
                            LITTLE(NAMELESS_OPTION)};
    proof_pack();
    coder_option(&packing, known);
    coder_option(&packing, unknown);
    proof_packed(sent, sizeof sent);
    proof_unpack(sent, sizeof sent);
    cr_assert_eq(coder_option(&unpacking, 0), known);
    cr_assert_eq(coder_option(&unpacking, 0), unknown);
    proof_understood();
}

Test(coder, an_option_that_there_is_not_is_refused)
{
    const uint8_t sent[] = {LITTLE(UINT64_MAX)};
    proof_unpack(sent, sizeof sent);
    coder_option(&unpacking, 0);
    cr_assert_not(proof_opened.good);
}

/* Each with itself alone, and what has names in a set has room in one. */
Test(coder, every_constant_and_option_arrives)
{
    for (const struct constant *one = constant_table(); one->name != NULL; one++) {
        proof_pack();
        coder_constant(&packing, one->group, one->value);
        proof_unpack_packed(0);
        cr_assert_eq(coder_constant(&unpacking, one->group, 0), one->value, "%s", one->name);
        proof_understood();
    }
    for (const struct option *one = option_table(); one->name != NULL; one++) {
        int64_t option = (int64_t)one->level << 32 | (uint32_t)one->number;
        proof_pack();
        coder_option(&packing, option);
        proof_unpack_packed(0);
        cr_assert_eq(coder_option(&unpacking, 0), option, "%s", one->name);
    }
    static const enum constant_group sets[] = {GROUP_SOCKET_TYPE, GROUP_MSG,   GROUP_POLL,
                                               GROUP_EPOLL,       GROUP_OPEN,  GROUP_SIGACTION,
                                               GROUP_SPLICE,      GROUP_SIGNAL};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        size_t count = 0;
        while (constant_names(sets[i])[count] != NULL)
            count++;
        cr_assert_leq(count, 64, "%s", constant_group_title(sets[i]));
    }
}

Test(coder, what_is_cut_off_is_refused)
{
    proof_pack();
    coder_constant(&packing, GROUP_ERRNO, NAMELESS_ERROR);
    coder_flags(&packing, GROUP_MSG, MSG_PEEK);
    coder_option(&packing, (int64_t)SOL_SOCKET << 32 | NAMELESS_OPTION);
    coder_bytes(&packing, (void *)"abc", 3);
    for (size_t without = 1; without <= proof_frame.size - FRAME_HEAD; without++) {
        char bytes[4] = "xyz";
        proof_unpack_packed(without);
        coder_constant(&unpacking, GROUP_ERRNO, 0);
        coder_flags(&unpacking, GROUP_MSG, 0);
        coder_option(&unpacking, 0);
        coder_bytes(&unpacking, bytes, 3);
        cr_assert_not(proof_opened.good, "%zu", without);
        cr_assert_str_eq(bytes, "xyz");
    }
}
