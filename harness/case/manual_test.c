/* SPDX-License-Identifier: MIT */
#include "case/manual.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *written(bool *whole)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    *whole = manual_write(out);
    fclose(out);
    return text;
}

static char *page(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(SOURCE_DIR "/docs/FORMAT.md", "re");
    cr_assert_not_null(file);
    cr_assert_gt(getdelim(&text, &size, '\0', file), 0);
    fclose(file);
    return text;
}

Test(manual, every_entry_has_its_sentence_and_its_example)
{
    bool whole = false;
    char *text = written(&whole);
    cr_assert(whole, "what lacks them is named on standard error");
    cr_assert_not_null(strstr(text, "### `recv`"));
    cr_assert_not_null(strstr(text, "### The matcher `prefix_of`"));
    cr_assert_not_null(strstr(text, "`ECONNRESET`"));
    free(text);
}

Test(manual, the_page_in_docs_is_this_one)
{
    bool whole = false;
    char *text = written(&whole), *file = page();
    cr_assert(strcmp(text, file) == 0,
              "docs/FORMAT.md is stale: ./sockproof schema --reference > docs/FORMAT.md");
    free(text);
    free(file);
}
