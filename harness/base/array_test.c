/* SPDX-License-Identifier: MIT */
#include "base/array.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>

Test(array, what_was_put_in_stays_when_it_grows)
{
    int *numbers = NULL;
    size_t room = 0;
    for (int i = 0; i < 1000; i++) {
        cr_assert(array_grow((void **)&numbers, (size_t)i, &room, sizeof *numbers));
        cr_assert_gt(room, (size_t)i);
        numbers[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(numbers[i], i);
    free(numbers);
}

Test(array, without_memory_it_is_as_it_was)
{
    int *numbers = NULL;
    size_t room = 0;
    cr_assert(array_grow((void **)&numbers, 0, &room, sizeof *numbers));
    int *before = numbers;
    size_t large = room;
    cr_assert_not(array_grow((void **)&numbers, room, &room, SIZE_MAX / 2 / (2 * room)));
    cr_assert_eq(numbers, before);
    cr_assert_eq(room, large);
    free(numbers);
}
