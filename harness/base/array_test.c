/* SPDX-License-Identifier: MIT */
#include "base/array.h"

#include "base/lack.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>

Test(array, what_was_put_in_stays_when_it_grows)
{
    int *numbers = NULL;
    size_t room = 0;
    for (int i = 0; i < 1000; i++) {
        array_grow((void **)&numbers, (size_t)i, &room, sizeof *numbers);
        cr_assert_gt(room, (size_t)i);
        numbers[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(numbers[i], i);
    free(numbers);
}

Test(array, without_memory_the_process_ends, .exit_code = LACK_STATUS)
{
    int *numbers = NULL;
    size_t room = 0;
    array_grow((void **)&numbers, 0, &room, SIZE_MAX / 2);
}
