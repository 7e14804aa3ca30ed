/* SPDX-License-Identifier: MIT */
#include "trial/unfired.h"

#include "base/legible.h"
#include "program/binary.h"
#include "program/silence.h"

#include <string.h>

/* More says no more. */
enum { SENTENCES_MOST = 8 };

static void add(void *context, const char *text)
{
    json_t *list = context;
    bool known = json_array_size(list) >= SENTENCES_MOST;
    for (size_t i = 0; i < json_array_size(list) && !known; i++)
        known = strcmp(json_string_value(json_array_get(list, i)), text) == 0;
    if (!known)
        json_array_append_new(list, json_string(text));
}

/* What the program is: the interposer may not be in it at all. */
static void add_binary(const struct watched *watched, json_t *list)
{
    struct binary binary;
    bool loaded = silence_count(watched->control, RECORD_PROCESS) > 0;
    binary_look(&binary, watched->program);
    legible_make(binary.why);
    if (!loaded)
        add(list,
            binary.why[0] != '\0' ? binary.why : "the interposer was not loaded into the program");
    if (binary.note[0] != '\0')
        add(list, binary.note);
}

/* What slipped past it of one program. */
static void add_slips(const struct watched *watched, json_t *list)
{
    add_binary(watched, list);
    silence_slips(watched->control, add, list);
}

void unfired_tell(const struct trial *trial, size_t fault, json_t *out)
{
    const struct fault_node *node = &trial->variant->faults[fault];
    json_t *why = json_array(), *slips = json_array();
    char text[SILENCE_TEXT];
    for (size_t i = 0; i < trial->programs.watched_count && node->call != NULL; i++) {
        const struct watched *one = &trial->programs.watched[i];
        if (!node_is(node->by, one->actor))
            continue;
        silence_of(one->control, fault, text);
        add(why, text);
        add_slips(one, slips);
    }
    if (json_array_size(slips) > 0)
        json_object_set_new(out, "slipped", json_true());
    json_array_extend(why, slips);
    if (json_array_size(why) > 0)
        json_object_set(out, "why", why);
    json_decref(slips);
    json_decref(why);
}
