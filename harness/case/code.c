/* SPDX-License-Identifier: MIT */
#include "case/code.h"

#include <string.h>

static const struct {
    const char *word;
    const char *sentence;
} codes[CODE_COUNT] = {
#define CODE(name, word, sentence) [CODE_##name] = {word, sentence},
#include "case/code.def"
#undef CODE
};

const char *code_word(enum code code)
{
    return codes[code].word;
}

const char *code_sentence(enum code code)
{
    return codes[code].sentence;
}

enum code code_find(const char *word)
{
    enum code found = CODE_NONE;
    for (enum code code = CODE_NONE + 1; code < CODE_COUNT; code++)
        if (strcmp(codes[code].word, word) == 0)
            found = code;
    return found;
}
