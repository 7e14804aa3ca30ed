/* SPDX-License-Identifier: MIT */
#include "program/inlinecall.h"

#include <stdint.h>
#include <string.h>

/*
 * Theory of operation. The instruction alone is two bytes that stand in much code by chance; with
 * "mov $NUMBER, %eax" a little before it, it is a call. Numbers that come in a register from
 * elsewhere, as in a function that makes any call, are not found.
 */
enum { BEFORE = 48, MOVE = 5 }; /* how far before it, and how long that other is */

/* Of x86-64, syscall(2): socket to listen, accept4, recvmmsg, sendmmsg, io_uring_setup and _enter.
 */
static bool is_socket_call(uint32_t number)
{
    static const uint32_t others[] = {288, 299, 307, 425, 426};
    bool found = number >= 41 && number <= 50;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        found = found || number == others[i];
    return found;
}

/* Whether a number is loaded into eax, and none after it, before the instruction at that place. */
static bool has_number(const unsigned char *code, size_t at)
{
    size_t first = at > BEFORE ? at - BEFORE : 0;
    for (size_t i = at; i >= first + MOVE; i--) {
        const unsigned char *move = code + i - MOVE;
        uint32_t number = 0;
        memcpy(&number, move + 1, sizeof number);
        if (move[0] == 0xb8 && number < 1024)
            return is_socket_call(number);
    }
    return false;
}

bool inlinecall_in(const unsigned char *code, size_t size)
{
    static const unsigned char instruction[] = {0x0f, 0x05};
    bool found = false;
    const unsigned char *at = code;
    while (!found && at != NULL) {
        at = memmem(at, size - (size_t)(at - code), instruction, sizeof instruction);
        found = at != NULL && has_number(code, (size_t)(at - code));
        at = at != NULL ? at + 1 : NULL;
    }
    return found;
}
