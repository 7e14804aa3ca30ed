#include "program/faultplan.h"

#include "case/constant.h"
#include "case/format.h"
#include "case/reader.h"
#include "fault/rule.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* --- one fault ----------------------------------------------------------------------------- */

/* True when word is one of the words of list, which blanks part. */
static bool in_list(const char *list, const char *word)
{
    size_t length = strlen(word);
    bool found = false;
    for (const char *at = list; at != NULL && *at != '\0' && !found;) {
        size_t one = strcspn(at, " ");
        found = one == length && strncmp(at, word, one) == 0;
        at += one + (at[one] == ' ');
    }
    return found;
}

/* The first point of the group of that name. */
static enum point first_of(enum point_group group)
{
    unsigned i = 0;
    while (i < POINT_COUNT && point_info((enum point)i)->group != group)
        i++;
    return (enum point)i;
}

/* An error that the call can never give proves nothing about a program. */
static void check_errno(const struct faultplan *plan, struct complaints *list,
                        const struct node *call, const struct node *error)
{
    enum point point = point_find(call->text);
    if (point == POINT_COUNT)
        point = first_of(point_group_find(call->text));
    const struct point_info *info = point_info(point);
    bool strict = in_list(info->strict, error->text);
    bool lenient = in_list(info->lenient, error->text);
    if (strict || (plan->lenient && lenient))
        return;
    complain(list, error->mark, (int)error->length, "bad-value",
             lenient ? "POSIX allows it: --lenient takes it"
                     : arena_printf(list->arena, "one of: %s", info->strict),
             "%s never gives %s on Linux", call->text, error->text);
}

static void append(char *out, const char *format, ...)
{
    size_t used = strlen(out);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(out + used, FAULT_TEXT - used, format, arguments);
    va_end(arguments);
}

/* The fault as the command line would say it. */
static void write_text(char *out, const struct node *fault)
{
    const struct node *action = node_get(fault, "do"), *when = node_get(fault, "when");
    append(out, "%s", node_get(fault, "call")->text);
    if (action->kind == NODE_MAP)
        append(out, " %s %s", action->first->key, action->first->text);
    else
        append(out, " %s", action->text);
    for (const struct node *one = when != NULL ? when->first : NULL; one != NULL; one = one->next)
        if (strcmp(one->key, "once") != 0)
            append(out, " %s %s", one->key, one->text);
        else if (!node_is(one, "false"))
            append(out, " once");
}

static void add(struct faultplan *plan, struct complaints *list, const struct node *node)
{
    const struct node *call = node_get(node, "call"), *action = node_get(node, "do");
    if (plan->plan.count == FAULT_MAX) {
        complain(list, node->key_mark, 1, "too-large", NULL, "a plan holds at most %d faults",
                 FAULT_MAX);
        return;
    }
    size_t index = plan->plan.count;
    struct fault *fault = &plan->plan.fault[index];
    enum point point = point_find(call->text);
    memset(fault, 0, sizeof *fault);
    snprintf(fault->name, FAULT_NAME, "%s", node->key);
    control_point_name(fault->point[0], call->text);
    rule_action(fault, action);
    rule_trigger(fault, node_get(node, "when"));
    plan->after[index] = fault->trigger.kind == TRIGGER_AFTER ? fault->trigger.n : 0;
    if (action->kind == NODE_MAP && fault->action == FAULT_ERRNO)
        check_errno(plan, list, call, action->first);
    plan->text[index][0] = '\0';
    write_text(plan->text[index], node);
    if (point != POINT_COUNT)
        plan->at_point[point] |= 1U << index;
    else
        plan->at_group[point_group_find(call->text)] |= 1U << index;
    plan->plan.count++;
}

static bool add_all(struct faultplan *plan, struct complaints *list, const struct node *root,
                    FILE *err)
{
    bool good = root != NULL && shape_check(list, root, &format_plan, "plan");
    const struct node *faults = good ? node_get(root, "faults") : NULL;
    for (const struct node *one = faults != NULL ? faults->first : NULL; one != NULL;
         one = one->next)
        add(plan, list, one);
    complaints_print(list, err);
    return list->count == 0;
}

bool faultplan_add_file(struct faultplan *plan, const char *path, FILE *err)
{
    struct complaints list = {.arena = arena_new(), .file = path};
    bool good = add_all(plan, &list, reader_load(&list, path), err);
    arena_free(list.arena);
    return good;
}

/* --- a fault on the command line ----------------------------------------------------------- */

struct words {
    char *word[12];
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

/* "recv errno EINTR every 3" as the plan file that it stands for; the checks of plan files are its
   checks, and their advice its advice. */
static const char *as_file(struct arena *arena, size_t number, const char *text)
{
    struct words words = {.count = 0};
    const char *one = NULL, *when = "";
    split(&words, arena_copy(arena, text, strlen(text)));
    const char *call = next(&words), *action = next(&words);
    bool takes = action != NULL && (strcmp(action, "errno") == 0 || strcmp(action, "cap") == 0 ||
                                    strcmp(action, "delay") == 0);
    const char *argument = takes ? next(&words) : NULL;
    while ((one = next(&words)) != NULL) {
        bool once = strcmp(one, "once") == 0;
        const char *value = once ? "true" : next(&words);
        when = arena_printf(arena, "%s%s%s: %s", when, *when != '\0' ? ", " : "", one,
                            value != NULL ? value : "''");
    }
    return arena_printf(
        arena, "faults: {fault%zu: {call: %s, do: %s%s%s%s%s%s%s}}\n", number,
        call != NULL ? call : "''", argument != NULL ? "{" : "", action != NULL ? action : "''",
        argument != NULL ? ": " : "", argument != NULL ? argument : "", argument != NULL ? "}" : "",
        *when != '\0' ? ", when: {" : "", *when != '\0' ? arena_printf(arena, "%s}", when) : "");
}

bool faultplan_add_text(struct faultplan *plan, const char *text, FILE *err)
{
    struct arena *arena = arena_new();
    struct complaints list = {.arena = arena};
    list.file = arena_printf(arena, "--fault '%s'", text);
    list.text = as_file(arena, plan->plan.count + 1, text);
    list.length = strlen(list.text);
    bool good = add_all(plan, &list, reader_parse(&list), err);
    arena_free(arena);
    return good;
}
