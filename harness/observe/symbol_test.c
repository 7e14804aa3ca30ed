/* SPDX-License-Identifier: MIT */
#include "observe/symbol.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

static void flags(enum constant_group group, int64_t bits, const char *wanted)
{
    json_t *names = symbol_flags(group, bits);
    char *text = json_dumps(names, JSON_COMPACT);
    cr_assert_str_eq(text, wanted);
    free(text);
    json_decref(names);
}

Test(symbol, bits_have_their_names_once_and_what_has_none_is_a_number)
{
    flags(GROUP_MSG, 0, "[]");
    flags(GROUP_MSG, MSG_PEEK, "[\"MSG_PEEK\"]");
    flags(GROUP_MSG, MSG_TRUNC | (INT64_C(1) << 40), "[\"MSG_TRUNC\",\"0x10000000000\"]");
}

Test(symbol, a_number_has_its_name_and_no_error_is_0)
{
    json_t *known = symbol_name(GROUP_ERRNO, EPIPE);
    json_t *none = symbol_name(GROUP_ERRNO, 0);
    json_t *unknown = symbol_name(GROUP_ERRNO, 99999);
    cr_assert_str_eq(json_string_value(known), "EPIPE");
    cr_assert(json_is_integer(none) && json_integer_value(none) == 0);
    cr_assert_eq(json_integer_value(unknown), 99999);
    json_decref(known);
    json_decref(none);
    json_decref(unknown);
}
