/* SPDX-License-Identifier: MIT */
#include "base/withheld.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 4096 };

static unsigned char *mapping(void)
{
    void *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(memory, MAP_FAILED);
    return memory;
}

/* mincore(2): ENOMEM where nothing is mapped. */
static bool is_mapped(void *memory)
{
    unsigned char page = 0;
    return mincore(memory, SIZE, &page) == 0;
}

Test(withheld, a_child_has_it_no_more_once_it_has_begun)
{
    unsigned char *kept = mapping(), *shared = mapping();
    int status = 0;
    withheld_add(kept, SIZE);
    if (fork() == 0) {
        bool before = is_mapped(kept);
        withheld_leave();
        _exit(before && !is_mapped(kept) && is_mapped(shared) ? 0 : 1);
    }
    wait(&status);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cr_assert(is_mapped(kept), "it is the parent's as before");
}

Test(withheld, what_is_unmapped_is_forgotten)
{
    unsigned char *kept = mapping();
    withheld_add(kept, SIZE);
    withheld_unmap(kept, SIZE);
    cr_assert_not(is_mapped(kept));
    void *other = mmap(kept, SIZE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    cr_assert_eq(other, kept);
    withheld_leave();
    cr_assert(is_mapped(other), "what came to lie there is another's");
}

Test(withheld, beyond_the_room_for_them_they_are_unmapped_all_the_same)
{
    unsigned char *last = NULL;
    for (int i = 0; i <= WITHHELD_MAX; i++)
        withheld_add(last = mapping(), SIZE);
    withheld_leave();
    cr_assert(is_mapped(last));
    withheld_unmap(last, SIZE);
    cr_assert_not(is_mapped(last));
}
