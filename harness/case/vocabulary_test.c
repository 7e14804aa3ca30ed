/* SPDX-License-Identifier: MIT */
#include "case/vocabulary.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct node scalar(const char *key, const char *text)
{
    return (struct node){
        .kind = NODE_SCALAR, .key = (char *)key, .text = (char *)text, .length = strlen(text)};
}

Test(vocabulary, scalars_and_keys_wherever_they_stand)
{
    struct vocabulary words = {{0}};
    struct node inner = scalar("ttl", "3"), list = {.kind = NODE_LIST, .first = &inner};
    struct node first = scalar("errno", "ECONNRESET");
    struct node map = {.kind = NODE_MAP, .first = &first};
    list.key = (char *)"ip";
    first.next = &list;
    cr_assert_not(vocabulary_may(&words, "ttl"), "it has none");
    vocabulary_add(&words, &map);
    vocabulary_add(&words, NULL);
    cr_assert(vocabulary_may(&words, "ECONNRESET"));
    cr_assert(vocabulary_may(&words, "errno"));
    cr_assert(vocabulary_may(&words, "ip"));
    cr_assert(vocabulary_may(&words, "ttl"));
    cr_assert(vocabulary_may(&words, "3"));
    cr_assert_not(vocabulary_may(&words, "ECONN"));
    cr_assert_not(vocabulary_may(&words, "EAGAIN"));
}

Test(vocabulary, a_case_of_a_hundred_words_is_seldom_walked_for_nothing)
{
    enum { HAS = 100, ASKED = 1000 };
    struct vocabulary words = {{0}};
    char text[16];
    int wrong = 0;
    for (int i = 0; i < HAS; i++) {
        snprintf(text, sizeof text, "has%d", i);
        struct node one = scalar(NULL, text);
        vocabulary_add(&words, &one);
    }
    for (int i = 0; i < ASKED; i++) {
        snprintf(text, sizeof text, "hasnot%d", i);
        wrong += vocabulary_may(&words, text);
    }
    cr_assert_lt(wrong, ASKED / 10);
}
