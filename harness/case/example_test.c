/* SPDX-License-Identifier: MIT */
#include "case/example.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static void check(const char *example, const char *expected)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    example_write(out, example);
    fclose(out);
    cr_assert_str_eq(text, expected);
    free(text);
}

Test(example, steps_alone_are_a_list)
{
    check("client: {send: \"x\"}\nwire: {sees: data}\n",
          "- client: {send: \"x\"}\n- wire: {sees: data}\n");
}

Test(example, keys_stand_around_the_steps)
{
    check(
        "transport: udp\nserver2: {close: sock}\nclients: {close: sock}\nexpect: {never: [rst]}\n",
        "transport: udp\nsteps:\n  - server2: {close: sock}\n  - clients: {close: sock}\n"
        "expect: {never: [rst]}\n");
}

Test(example, a_key_that_is_called_like_an_actor_is_no_step)
{
    check("clients: 3\nclients: {close: sock}\n",
          "clients: 3\nsteps:\n  - clients: {close: sock}\n");
}
