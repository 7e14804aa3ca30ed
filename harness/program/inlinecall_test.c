/* SPDX-License-Identifier: MIT */
#include "program/inlinecall.h"

#include <criterion/criterion.h>

#define CODE(...)                                                                                  \
    ((const unsigned char[]){__VA_ARGS__}), sizeof((const unsigned char[]){__VA_ARGS__})

Test(inlinecall, a_socket_call_is_found)
{
    cr_assert(inlinecall_in(CODE(0x90, 0xb8, 44, 0, 0, 0, 0x48, 0x89, 0xc7, 0x0f, 0x05, 0xc3)));
    cr_assert(inlinecall_in(CODE(0xb8, 0x20, 1, 0, 0, 0x0f, 0x05)), "accept4");
    cr_assert(inlinecall_in(CODE(0x0f, 0x05, 0xb8, 0xa9, 1, 0, 0, 0x0f, 0x05)), "io_uring_setup");
}

Test(inlinecall, another_call_or_none_is_not)
{
    cr_assert_not(inlinecall_in(CODE(0xb8, 202, 0, 0, 0, 0x0f, 0x05)), "a futex");
    cr_assert_not(inlinecall_in(CODE(0xb8, 44, 0, 0, 0, 0xb8, 202, 0, 0, 0, 0x0f, 0x05)),
                  "the last number counts");
    cr_assert_not(inlinecall_in(CODE(0xb8, 44, 0, 0, 0, 0xc3)));
    cr_assert_not(inlinecall_in(CODE(0x0f, 0x05)));
    cr_assert_not(inlinecall_in(CODE(0x0f)));
}

Test(inlinecall, a_number_far_before_it_is_none)
{
    unsigned char code[128] = {0xb8, 44};
    code[100] = 0x0f, code[101] = 0x05;
    cr_assert_not(inlinecall_in(code, sizeof code));
    code[40] = 0x0f, code[41] = 0x05;
    cr_assert(inlinecall_in(code, sizeof code));
}
