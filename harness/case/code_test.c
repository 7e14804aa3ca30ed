/* SPDX-License-Identifier: MIT */
#include "case/code.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

static const char *const names[CODE_COUNT] = {
#define CODE(name, word, sentence) [CODE_##name] = #name,
#include "case/code.def"
#undef CODE
};

Test(code, a_word_is_its_name_with_hyphens)
{
    for (enum code code = CODE_NONE + 1; code < CODE_COUNT; code++) {
        const char *word = code_word(code);
        cr_expect_eq(strlen(word), strlen(names[code]), "%s", word);
        for (size_t i = 0; word[i] != '\0'; i++)
            cr_expect_eq(word[i], names[code][i] == '_' ? '-' : tolower(names[code][i]), "%s",
                         word);
    }
}

Test(code, a_word_finds_its_code_and_no_other)
{
    for (enum code code = CODE_NONE + 1; code < CODE_COUNT; code++)
        cr_expect_eq(code_find(code_word(code)), code, "%s", code_word(code));
    cr_expect_eq(code_find("no-such-code"), CODE_NONE);
    cr_expect_eq(code_find(""), CODE_NONE);
}

Test(code, a_sentence_ends_as_one)
{
    for (enum code code = CODE_NONE + 1; code < CODE_COUNT; code++) {
        const char *sentence = code_sentence(code);
        cr_expect(isupper((unsigned char)sentence[0]), "%s", code_word(code));
        cr_expect_eq(sentence[strlen(sentence) - 1], '.', "%s", code_word(code));
    }
}

Test(code, nothing_is_no_code)
{
    cr_expect_null(code_word(CODE_NONE));
    cr_expect_null(code_sentence(CODE_NONE));
}
