/* SPDX-License-Identifier: MIT */
#include "program/faultplan.h"

#include "base/quantity.h"
#include "case/constant.h"
#include "case/faultshape.h"
#include "case/possible.h"
#include "case/reader.h"
#include "case/remark.h"
#include "fault/rule.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* --- one fault ----------------------------------------------------------------------------- */

static void append(char *out, const char *format, ...)
{
    size_t used = strlen(out);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(out + used, FAULT_TEXT - used, format, arguments);
    va_end(arguments);
}

/* Whether a trigger can be said in words: what a packet holds cannot. */
static bool in_words(const struct node *when)
{
    bool yes = true;
    for (const struct node *one = when != NULL ? when->first : NULL; one != NULL; one = one->next)
        yes = yes && (one->kind == NODE_SCALAR ? strcmp(one->key, "payload") != 0
                                               : one->count == 0 && one->kind == NODE_MAP);
    return yes;
}

static void write_trigger(char *out, const struct node *one)
{
    if (strcmp(one->key, "packet") == 0)
        append(out, " %s", one->text);
    else if (one->kind == NODE_MAP)
        append(out, " %s", one->key);
    else if (strcmp(one->key, "once") != 0)
        append(out, " %s %s", one->key, one->text);
    else if (!node_is(one, "false"))
        append(out, " once");
}

/* The fault as the command line would say it. */
static void write_text(char *out, struct arena *arena, const struct node *fault)
{
    const struct node *action = node_get(fault, "do"), *when = node_get(fault, "when");
    const struct node *wire = node_get(fault, "wire");
    out[0] = '\0';
    if (!in_words(when)) {
        append(out, "%s", node_print(arena, fault));
        return;
    }
    append(out, "%s", wire != NULL ? "wire" : node_get(fault, "call")->text);
    if (action->kind == NODE_MAP)
        append(out, " %s %s", action->first->key, action->first->text);
    else
        append(out, " %s", action->text);
    for (const struct node *one = when != NULL ? when->first : NULL; one != NULL; one = one->next)
        write_trigger(out, one);
    if (wire != NULL && !node_is(wire, "both"))
        append(out, " from %s", wire->text);
}

/* --- a fault into the plan ----------------------------------------------------------------- */

/* A plan has no variants, and so no parameters. */
static void check_references(struct complaints *list, const struct node *node)
{
    if (node_reference(node) != NULL)
        complain(list, node->mark, (int)node->length, CODE_BAD_VALUE, NULL,
                 "there is nothing that %s could stand for", node->text);
    for (const struct node *one = node->first; one != NULL; one = one->next)
        check_references(list, one);
}

static void read_lineage(struct complaints *list, const struct node *name, char out[LINEAGE])
{
    if (name == NULL)
        return;
    if (selector_is_lineage(name->text))
        snprintf(out, LINEAGE, "%s", name->text);
    else
        complain(list, name->mark, remark_width(name), CODE_BAD_VALUE,
                 "faults.jsonl has them: 0 is the first, 0.2 the second that it made",
                 "'%s' takes the name of a %s (0, 0.1, 0/1), not '%s'", name->key, name->key,
                 name->text);
}

/* Which calls the fault is about. */
static void read_selector(struct selector *selector, struct complaints *list,
                          const struct node *when)
{
    const struct node *to = node_get(when, "to"), *fd = node_get(when, "fd");
    struct quantity number;
    memset(selector, 0, sizeof *selector);
    if (to != NULL && !selector_peer(selector, to->text))
        complain(list, to->mark, remark_width(to), CODE_BAD_VALUE,
                 "as in 10.0.0.2, 10.0.0.2:80, fd00::2, [fd00::2]:80, :80",
                 "'to' takes a numeric address, a port, or both, not '%s'", to->text);
    if (fd != NULL && quantity_parse(fd->text, &number)) {
        selector->by_fd = true;
        selector->fd = (int)number.value;
    }
    read_lineage(list, node_get(when, "process"), selector->process);
    read_lineage(list, node_get(when, "thread"), selector->thread);
}

static void at_call(struct faultplan *plan, struct complaints *list, size_t index,
                    const struct node *node)
{
    rule_call(&plan->plan.fault[index], node_get(node, "do"), node_get(node, "call"), "program");
    read_selector(&plan->select[index], list, node_get(node, "when"));
    possible_check(list, node, plan->lenient ? POSSIBLE_LENIENT : POSSIBLE_STRICT);
}

static void on_wire(struct faultplan *plan, size_t index, const struct node *node)
{
    struct fault *fault = &plan->plan.fault[index];
    rule_wire(fault, node_get(node, "do"), node_get(node, "wire"));
    plan->wire |= 1U << index;
    plan->when[index] = node_get(node, "when");
    plan->loses = plan->loses || wire_action_loses(fault->wire);
}

static void add(struct faultplan *plan, struct complaints *list, const struct node *node)
{
    if (plan->plan.count == FAULT_MAX) {
        complain(list, node->key_mark, 1, CODE_TOO_LARGE, NULL, "a plan holds at most %d faults",
                 FAULT_MAX);
        return;
    }
    size_t index = plan->plan.count++;
    struct fault *fault = &plan->plan.fault[index];
    check_references(list, node);
    memset(fault, 0, sizeof *fault);
    snprintf(fault->name, FAULT_NAME, "%s", node->key);
    rule_trigger(fault, node_get(node, "when"));
    write_text(plan->text[index], list->arena, node);
    if (strlen(plan->text[index]) == FAULT_TEXT - 1)
        complain(list, node->key_mark, 1, CODE_TOO_LARGE, NULL,
                 "a fault takes at most %d characters", FAULT_TEXT - 2);
    if (node_get(node, "wire") != NULL)
        on_wire(plan, index, node);
    else
        at_call(plan, list, index, node);
}

static bool add_all(struct faultplan *plan, struct complaints *list, const struct node *root,
                    FILE *err)
{
    bool good = root != NULL && shape_check(list, root, &faultshape_plan, "plan");
    const struct node *faults = good ? node_get(root, "faults") : NULL;
    for (const struct node *one = faults != NULL ? faults->first : NULL; one != NULL;
         one = one->next)
        add(plan, list, one);
    complaints_print(list, err);
    return list->count == 0;
}

static struct arena *arena_of(struct faultplan *plan)
{
    if (plan->arena == NULL)
        plan->arena = arena_new();
    return plan->arena;
}

bool faultplan_add_file(struct faultplan *plan, const char *path, FILE *err)
{
    struct complaints list = {.arena = arena_of(plan), .file = path};
    return add_all(plan, &list, reader_load(&list, path), err);
}

void faultplan_free(struct faultplan *plan)
{
    arena_free(plan->arena);
    plan->arena = NULL;
}

/* --- a fault on the command line ----------------------------------------------------------- */

struct words {
    char *word[32];
    size_t count, next;
};

static const char *next(struct words *words)
{
    return words->next < words->count ? words->word[words->next++] : NULL;
}

static void split(struct words *words, char *text)
{
    char *rest = NULL;
    enum { MOST = sizeof words->word / sizeof *words->word };
    for (char *one = strtok_r(text, " \t", &rest); one != NULL && words->count < MOST;
         one = strtok_r(NULL, " \t", &rest))
        words->word[words->count++] = one;
}

static bool is_one_of(const char *const *list, const char *word)
{
    bool found = false;
    for (; *list != NULL; list++)
        found = found || strcmp(*list, word) == 0;
    return found;
}

/* The members of when, for the words that are left: each has a value behind it, but for once, and
   on the wire what a packet is. from: what stands behind the word, which is no trigger. */
static const char *members(struct arena *arena, struct words *words, const char **from)
{
    static const char *const triggers[] = {"nth",         "every",       "after",
                                           "probability", "covers_byte", NULL};
    static const char *const layers[] = {"ip", "tcp", "udp", "icmp", "sctp", NULL};
    static const char *const names[] = {"to", "process", "thread", NULL}; /* any characters */
    const char *when = "", *one = NULL;
    while ((one = next(words)) != NULL) {
        const char *key = one, *value = NULL;
        if (from != NULL && strcmp(one, "from") == 0) {
            value = next(words);
            *from = value != NULL ? value : "''";
            continue;
        }
        if (strcmp(one, "once") == 0)
            value = "true";
        else if (from == NULL || is_one_of(triggers, one))
            value = next(words);
        else if (is_one_of(layers, one))
            value = "{}";
        else
            key = "packet", value = one;
        if (from == NULL && value != NULL && is_one_of(names, one))
            value = arena_printf(arena, "'%s'", value);
        when = arena_printf(arena, "%s%s%s: %s", when, *when != '\0' ? ", " : "", key,
                            value != NULL ? value : "''");
    }
    return *when != '\0' ? arena_printf(arena, ", when: {%s}", when) : "";
}

/* "drop data nth 3 from server" */
static const char *wire_members(struct arena *arena, struct words *words)
{
    const char *action = next(words), *from = "both";
    const char *when = members(arena, words, &from);
    return arena_printf(arena, "{wire: %s, do: %s%s}", from, action != NULL ? action : "''", when);
}

/* "errno EINTR every 3", behind the call */
static const char *call_members(struct arena *arena, struct words *words, const char *call)
{
    const char *action = next(words);
    enum call_action known = action != NULL ? call_action_find(action) : FAULT_NONE;
    bool takes = known != FAULT_NONE && call_action_argument(known) != ARGUMENT_NONE;
    const char *argument = takes ? next(words) : NULL;
    if (takes && argument == NULL)
        argument = "''";
    const char *when = members(arena, words, NULL);
    return arena_printf(arena, "{call: %s, do: %s%s%s%s%s%s}", call != NULL ? call : "''",
                        argument != NULL ? "{" : "", action != NULL ? action : "''",
                        argument != NULL ? ": " : "", argument != NULL ? argument : "",
                        argument != NULL ? "}" : "", when);
}

/* A fault in words as the plan file that it stands for; the checks of plan files are its checks,
   and their advice its advice. */
static const char *as_file(struct arena *arena, size_t number, const char *text)
{
    struct words words = {.count = 0};
    const char *fault = text;
    if (text[strspn(text, " \t")] != '{') {
        split(&words, arena_copy(arena, text, strlen(text)));
        const char *call = next(&words);
        bool wire = call != NULL && strcmp(call, "wire") == 0;
        fault = wire ? wire_members(arena, &words) : call_members(arena, &words, call);
    }
    return arena_printf(arena, "faults: {fault%zu: %s}\n", number, fault);
}

bool faultplan_add_text(struct faultplan *plan, const char *text, FILE *err)
{
    struct complaints list = {.arena = arena_of(plan)};
    list.file = arena_printf(list.arena, "--fault '%s'", text);
    list.text = as_file(list.arena, plan->plan.count + 1, text);
    list.length = strlen(list.text);
    return add_all(plan, &list, reader_parse(&list), err);
}
