/* SPDX-License-Identifier: MIT */
/*
 * A code: one word for a program to look at, where people read a sentence. All of them stand in
 * code.def; a code that does not stand there does not compile.
 */
#ifndef SOCKPROOF_CASE_CODE_H
#define SOCKPROOF_CASE_CODE_H

enum code {
    CODE_NONE, /* nothing has gone wrong */
#define CODE(name, word, sentence) CODE_##name,
#include "case/code.def"
#undef CODE
    CODE_COUNT
};

/* The word: "bad-value". NULL for CODE_NONE. Static storage. */
const char *code_word(enum code code);
/* What it means, in a sentence or two. NULL for CODE_NONE. Static storage. */
const char *code_sentence(enum code code);
/* The code of that word, or CODE_NONE. */
enum code code_find(const char *word);

#endif
