/* SPDX-License-Identifier: MIT */
#include "case/check.h"

#include "case/alias.h"
#include "case/basicshape.h"
#include "case/commandcheck.h"
#include "case/form.h"
#include "case/format.h"
#include "case/number.h"
#include "case/optioncheck.h"
#include "case/packetcheck.h"
#include "case/remark.h"
#include "case/scalar.h"
#include "case/scope.h"
#include "case/source.h"
#include "packet/saved.h"

#include <string.h>
#include <sys/socket.h>

enum { NAMES_MAX = VERB_COUNT + MODIFIER_COUNT + EXPECT_COUNT };

struct check {
    const struct casefile *file;
    struct complaints *complaints;
    struct scope scope;
    const struct row *row;
    struct source_place place;
    const struct variant *variant; /* whose steps so far are checked */
};

static int index_of(const char *const *names, const char *name)
{
    int found = -1;
    for (int i = 0; names[i] != NULL && found < 0; i++)
        if (strcmp(names[i], name) == 0)
            found = i;
    return found;
}

static int key_width(const struct node *member)
{
    return remark_characters(member->key, strlen(member->key));
}

/* --- what may stand beside a verb ---------------------------------------------------------- */

/* A done gives what the call that it ends gives. */
static unsigned outs_of(struct check *check, const struct node *body, const struct verb *verb)
{
    const struct node *in = node_get(body, verb->name);
    unsigned outs = form_outs(verb);
    for (const struct known *one = check->scope.calls;
         one != NULL && verb_has(verb, VERB_ENDS_STARTED); one = one->next)
        if (one->open && node_is(in, one->name))
            outs = form_outs(one->verb);
    return outs;
}

static void unknown_key(struct check *check, const struct node *member, const struct verb *verb,
                        unsigned outs, const char *actor)
{
    enum verb_side side = strcmp(actor, "wire") == 0 ? SIDE_WIRE : SIDE_ACTOR;
    const char *names[NAMES_MAX + 1] = {NULL};
    size_t count = 0;
    for (int i = 0; i < MODIFIER_COUNT; i++)
        if (verb == NULL || form_takes_modifier(verb, (enum modifier)i))
            names[count++] = modifier_names[i];
    for (int i = 0; i < EXPECT_COUNT; i++)
        if (outs & 1U << i)
            names[count++] = expectation_names[i];
    for (int i = 0; i < VERB_COUNT && verb == NULL; i++)
        if (verb_get((enum verb_id)i)->side == side)
            names[count++] = verb_get((enum verb_id)i)->name;
    remark_unknown_key(check->complaints, member, "this step", names);
}

static void misplaced(struct check *check, const struct node *member, const char *advice,
                      const char *verb)
{
    complain(check->complaints, member->key_mark, key_width(member), CODE_MISPLACED_KEY, advice,
             "'%s' does not go with '%s'", member->key, verb);
}

/* The option that a step is about, or NULL. */
static const struct option *option_of(const struct step *step)
{
    const struct node *first = step->param[0];
    bool option = step->verb->params[0].type == TYPE_OPTION_NAME && first != NULL &&
                  first->kind == NODE_SCALAR;
    return option ? option_find(first->text) : NULL;
}

static const struct shape *shape_of_value(const struct step *step)
{
    const struct node *first = step->param[0];
    const struct shape *shape = format_expectation(EXPECT_value);
    enum param_type type = step->verb->params[0].type;
    const struct option *option = NULL;
    if (first == NULL || first->kind != NODE_SCALAR)
        return shape;
    if (type == TYPE_OPTION_NAME)
        option = option_find(first->text);
    if (option != NULL)
        shape = format_option_value(option);
    else if (type == TYPE_FCNTL)
        shape = format_fcntl_value(first->text);
    else if (type == TYPE_IOCTL)
        shape = &basicshape_match_integer;
    return shape;
}

/* True when a step before this one gives a parameter of that type. */
static bool was_given(const struct check *check, enum param_type type)
{
    bool given = false;
    for (size_t i = 0; i < check->variant->step_count && !given; i++) {
        const struct step *step = &check->variant->steps[i];
        for (size_t k = 0; k < step->verb->param_count && !given; k++)
            given = step->verb->params[k].type == type && step->param[k] != NULL;
    }
    return given;
}

/* Packets come out of raw sockets, which in IPv6 give no header. */
static bool check_received(struct check *check, const struct node *packet)
{
    enum transport transport = check->file->transport;
    bool raw = transport == TRANSPORT_RAW || transport == TRANSPORT_ICMP;
    if (!raw && !was_given(check, TYPE_SOCKET_TYPE)) {
        complain(check->complaints, packet->key_mark, key_width(packet), CODE_CANNOT_MATCH,
                 "make a socket of SOCK_RAW, or look at the wire",
                 "no socket of this case receives whole packets");
        return false;
    }
    bool headless = check->variant->family == AF_INET6 && !was_given(check, TYPE_FAMILY);
    return !headless || packetcheck_headless(check->complaints, packet);
}

static void check_beside(struct check *check, struct step *step, const struct node *member,
                         unsigned outs)
{
    int expectation = index_of(expectation_names, member->key);
    int modifier = index_of(modifier_names, member->key);
    if (modifier >= 0 && form_takes_modifier(step->verb, (enum modifier)modifier)) {
        if (shape_check(check->complaints, member, format_modifier((enum modifier)modifier),
                        member->key))
            step->modifier[modifier] = member;
    } else if (expectation >= 0 && outs & 1U << expectation) {
        const struct shape *shape = expectation == EXPECT_value
                                        ? shape_of_value(step)
                                        : format_expectation((enum expectation)expectation);
        const struct option *option = expectation == EXPECT_value ? option_of(step) : NULL;
        if (shape_check(check->complaints, member, shape, member->key) &&
            (option == NULL || optioncheck_seen(check->complaints, option, member)) &&
            (expectation != EXPECT_control ||
             optioncheck_control_seen(check->complaints, member)) &&
            (expectation != EXPECT_packet || check_received(check, member)))
            step->expect[expectation] = alias_told(check->scope.arena, member, shape);
    } else if (expectation >= 0 || modifier >= 0) {
        misplaced(check, member, NULL, step->verb->name);
    } else {
        unknown_key(check, member, step->verb, outs, step->actor);
    }
}

/* --- parameters ---------------------------------------------------------------------------- */

static const struct shape *shape_of_param(const struct step *step, size_t number)
{
    const struct node *first = step->param[0];
    const struct shape *shape = format_param(step->verb, number);
    enum param_type type = step->verb->params[number].type;
    const struct option *option = NULL;
    if (first == NULL || first->kind != NODE_SCALAR)
        return shape;
    if (type == TYPE_OPTION_VALUE || type == TYPE_OPTION_ASKED)
        option = option_find(first->text);
    if (option != NULL)
        shape = format_option(option);
    else if (type == TYPE_COMMAND_ARG && format_command(first->text) != NULL)
        shape = format_command(first->text);
    return shape;
}

/* Values that the shape of their place does not tell all about. */
static bool check_values(struct check *check, const struct step *step, const struct option *option)
{
    bool good = true;
    for (size_t i = 0; i < step->verb->param_count; i++) {
        enum param_type type = step->verb->params[i].type;
        const struct node *one = step->param[i] != NULL ? step->param[i]->first : NULL;
        for (; one != NULL && type == TYPE_CONTROL; one = one->next)
            good = optioncheck_control(check->complaints, one) && good;
        if (option != NULL && step->param[i] != NULL &&
            (type == TYPE_OPTION_VALUE || type == TYPE_OPTION_ASKED))
            good = optioncheck_given(check->complaints, option, step->param[i]) && good;
    }
    return good;
}

static void check_params(struct check *check, struct step *step, const struct node *in)
{
    const struct verb *verb = step->verb;
    bool good = form_read(check->complaints, verb, in, step->param);
    const struct option *option = good ? option_of(step) : NULL;
    if (option != NULL)
        good = optioncheck_carried(check->complaints, option, step->param[0]);
    for (size_t i = 0; i < verb->param_count; i++)
        if (step->param[i] != NULL)
            good = shape_check(check->complaints, step->param[i], shape_of_param(step, i),
                               verb->params[i].name) &&
                   good;
    good = good && check_values(check, step, option);
    for (size_t i = 0; i < verb->param_count; i++)
        if (good && step->param[i] != NULL && verb->params[i].type == TYPE_CONTENT)
            good = packetcheck_makeable(check->complaints, step->param[i], check->variant->family);
    for (size_t i = 0; i < verb->param_count; i++)
        if (good && step->param[i] != NULL &&
            (verb->params[i].type == TYPE_CONTROL || verb->params[i].type == TYPE_OPTION_VALUE))
            step->param[i] = optioncheck_numbers(check->scope.arena, step->param[i]);
}

/* --- names --------------------------------------------------------------------------------- */

static const struct node *text_node(const struct node *node)
{
    return node != NULL && node->kind == NODE_SCALAR ? node : NULL;
}

/* The descriptor that a step works on without naming it: sock, or the listener of an accept. */
static void need_implied(struct check *check, const struct step *step)
{
    bool accepts = verb_has(step->verb, VERB_ACCEPTS);
    bool takes = step->verb->param_count > 0 && step->verb->params[0].type == TYPE_DESCRIPTOR;
    bool given = step->modifier[MODIFIER_fd] != NULL || (takes && step->param[0] != NULL);
    const char *name = accepts ? "listener" : "sock";
    if (step->verb->side == SIDE_WIRE || verb_has(step->verb, VERB_NO_DESCRIPTOR) || given ||
        strcmp(step->actor, "clients") == 0 ||
        scope_has_descriptor(&check->scope, step->actor, name))
        return;
    complain(check->complaints, step->verb_mark, (int)strlen(step->verb->name), CODE_UNKNOWN_NAME,
             "name one with fd:, or choose another setup",
             "%s has no descriptor '%s' here, which '%s' would work on", step->actor, name,
             step->verb->name);
}

static void check_descriptors(struct check *check, const struct step *step)
{
    const struct node *fd = text_node(step->modifier[MODIFIER_fd]);
    const struct node *events = step->expect[EXPECT_events];
    if (fd != NULL)
        scope_need_descriptor(&check->scope, step->actor, fd);
    for (size_t i = 0; i < step->verb->param_count; i++)
        if (step->verb->params[i].type == TYPE_DESCRIPTOR && text_node(step->param[i]) != NULL)
            scope_need_descriptor(&check->scope, step->actor, step->param[i]);
    for (const struct node *one = events != NULL ? events->first : NULL; one != NULL;
         one = one->next) {
        struct node *name = node_scalar(check->scope.arena, one, one->key);
        name->mark = one->key_mark;
        scope_need_descriptor(&check->scope, step->actor, name);
    }
    need_implied(check, step);
}

static bool expects_error(const struct step *step)
{
    const struct node *error = step->expect[EXPECT_errno];
    const struct node *returns = step->expect[EXPECT_returns];
    bool fails = error != NULL && error->kind == NODE_SCALAR && !node_is(error, "0") &&
                 node_reference(error) == NULL;
    return fails || node_is(returns, "-1");
}

/* The two descriptors of a socketpair: the names of as:, or sock and other. */
static void note_pair(struct check *check, const struct step *step)
{
    const struct node *as = step->modifier[MODIFIER_as];
    bool two = as != NULL && as->kind == NODE_LIST && as->count == 2;
    if (as != NULL && !two) {
        complain(check->complaints, as->mark, remark_width(as), CODE_BAD_VALUE, "as: [left, right]",
                 "a socketpair makes two descriptors: 'as' takes two names");
    } else if (!expects_error(step)) {
        scope_add_descriptor(&check->scope, step->actor, two ? as->first->text : "sock");
        scope_add_descriptor(&check->scope, step->actor, two ? as->first->next->text : "other");
    }
}

static void note_made(struct check *check, const struct step *step)
{
    const struct node *as = text_node(step->modifier[MODIFIER_as]);
    if (verb_has(step->verb, VERB_MAKES_PAIR)) {
        note_pair(check, step);
        return;
    }
    bool duplicates =
        step->verb->params[0].type == TYPE_FCNTL &&
        (node_is(step->param[0], "F_DUPFD") || node_is(step->param[0], "F_DUPFD_CLOEXEC"));
    bool makes = verb_has(step->verb, VERB_MAKES_SOCKET);
    if (step->modifier[MODIFIER_as] != NULL && as == NULL)
        misplaced(check, step->modifier[MODIFIER_as], "two names are what socketpair makes",
                  step->verb->name);
    else if (as != NULL && !makes && !duplicates && !verb_has(step->verb, VERB_MAKES))
        misplaced(check, as, "'as' names what socket, accept, dup, epoll_create1 or F_DUPFD makes",
                  step->verb->name);
    else if (as != NULL)
        scope_add_descriptor(&check->scope, step->actor, as->text);
    else if (makes && !expects_error(step))
        scope_add_descriptor(&check->scope, step->actor, "sock");
}

static void check_calls(struct check *check, const struct step *step)
{
    const struct node *start = text_node(step->modifier[MODIFIER_start]);
    const struct node *at = text_node(step->modifier[MODIFIER_at]);
    if (step->verb->param_count > 0 && step->verb->params[0].type == TYPE_STARTED &&
        text_node(step->param[0]) != NULL) {
        struct known *call = scope_need_call(&check->scope, step->param[0]);
        if (call != NULL && verb_has(step->verb, VERB_ENDS_STARTED))
            call->open = false;
    }
    if (at != NULL)
        scope_need_call(&check->scope, at);
    if (start == NULL)
        return;
    for (int i = 0; i < EXPECT_COUNT; i++)
        if (step->expect[i] != NULL)
            complain(check->complaints, step->expect[i]->key_mark, key_width(step->expect[i]),
                     CODE_MISPLACED_KEY,
                     arena_printf(check->scope.arena,
                                  "expect it where the call ends: {done: %s, …}", start->text),
                     "a call that stays open has no '%s' yet", step->expect[i]->key);
    scope_add_call(&check->scope, start, step->verb);
}

/* A packet has other fields than what a call gives, and where packets are counted there is none. */
static void check_saved_field(struct check *check, const struct step *step, const struct node *one)
{
    bool of_packet = saved_of_packet(one->key);
    if (of_packet != (step->verb->side == SIDE_WIRE))
        misplaced(check, one,
                  of_packet ? "'sees' saves it, of the packet that it has found"
                            : "of a packet that was seen, fields are saved (tcp.seq, ts.val, vtag)",
                  step->verb->name);
    else if (of_packet && step->expect[EXPECT_count] != NULL)
        misplaced(check, step->expect[EXPECT_count],
                  "one packet is saved from, not a number of them", "save");
}

static void check_saved(struct check *check, const struct step *step)
{
    for (size_t i = 0; i < PARAM_MAX; i++)
        scope_check_references(&check->scope, step->param[i], check->row);
    for (int i = 0; i < MODIFIER_COUNT; i++)
        if (i != MODIFIER_save)
            scope_check_references(&check->scope, step->modifier[i], check->row);
    for (int i = 0; i < EXPECT_COUNT; i++)
        scope_check_references(&check->scope, step->expect[i], check->row);
    const struct node *save = step->modifier[MODIFIER_save];
    for (const struct node *one = save != NULL ? save->first : NULL; one != NULL; one = one->next) {
        check_saved_field(check, step, one);
        scope_add_saved(&check->scope, one, check->row);
    }
}

/* --- a step -------------------------------------------------------------------------------- */

static bool check_actor(struct check *check, const struct node *actor)
{
    static const char *const names[] = {"client", "server", "clients", "wire", NULL};
    bool all = strcmp(actor->key, "clients") == 0;
    bool good = scalar_is_actor(actor->key) || all || strcmp(actor->key, "wire") == 0;
    if (!good)
        complain(check->complaints, actor->key_mark, key_width(actor), CODE_UNKNOWN_ACTOR,
                 remark_advice(check->scope.arena, actor->key, names), "'%s' is not an actor",
                 actor->key);
    else if (all && check->file->clients == 0)
        complain(check->complaints, actor->key_mark, key_width(actor), CODE_UNKNOWN_ACTOR,
                 "say how many with clients: N at the top", "this case has no 'clients'");
    return good;
}

/* The step's one verb, or NULL after a complaint. */
static const struct node *find_verb(struct check *check, const struct node *actor)
{
    const struct node *found = NULL;
    bool strange = false;
    for (const struct node *one = actor->first; one != NULL; one = one->next) {
        bool verb = verb_find(one->key) != NULL;
        if (verb && found != NULL)
            complain(check->complaints, one->key_mark, key_width(one), CODE_TWO_VERBS,
                     "write two steps", "one step, one call: '%s' stands beside '%s'", one->key,
                     found->key);
        else if (verb)
            found = one;
        strange = strange || (!verb && index_of(expectation_names, one->key) < 0 &&
                              index_of(modifier_names, one->key) < 0);
    }
    for (const struct node *one = actor->first; one != NULL && found == NULL && strange;
         one = one->next)
        if (index_of(expectation_names, one->key) < 0 && index_of(modifier_names, one->key) < 0)
            unknown_key(check, one, NULL, 0, actor->key);
    if (found == NULL && !strange)
        complain(check->complaints, actor->key_mark, key_width(actor), CODE_NO_VERB, NULL,
                 "this step has no verb: it does nothing");
    return found;
}

static bool check_side(struct check *check, const struct node *actor, const struct node *name)
{
    const struct verb *verb = verb_find(name->key);
    bool wire = strcmp(actor->key, "wire") == 0;
    bool good = wire == (verb->side == SIDE_WIRE);
    if (!good)
        complain(check->complaints, name->key_mark, key_width(name), CODE_WRONG_ACTOR, NULL,
                 wire ? "'%s' is a call of an actor, not of the wire"
                      : "'%s' is what the wire does, not an actor",
                 name->key);
    return good;
}

/* A step can look back only. */
static void check_since(struct check *check, const struct step *step)
{
    const struct node *since = step->modifier[MODIFIER_since];
    if (number_of(since, 0) >= step->number)
        complain(check->complaints, since->mark, remark_width(since), CODE_BAD_VALUE,
                 arena_printf(check->scope.arena, "this is step %d", step->number),
                 "'since' names a step before this one");
}

static void check_body(struct check *check, struct step *step, const struct node *actor,
                       const struct node *name)
{
    step->verb = verb_find(name->key);
    step->verb_mark = name->key_mark;
    unsigned outs = outs_of(check, actor, step->verb);
    check_params(check, step, name);
    for (const struct node *one = actor->first; one != NULL; one = one->next)
        if (verb_find(one->key) == NULL)
            check_beside(check, step, one, outs);
    if (step->verb->params[0].type == TYPE_OPTION_NAME && step->expect[EXPECT_value] != NULL)
        step->expect[EXPECT_value] =
            optioncheck_numbers(check->scope.arena, step->expect[EXPECT_value]);
    if (step->expect[EXPECT_control] != NULL)
        step->expect[EXPECT_control] =
            optioncheck_numbers(check->scope.arena, step->expect[EXPECT_control]);
    const struct option *option = option_of(step);
    if (option != NULL && option->type == OPTION_BYTES && step->expect[EXPECT_value] != NULL)
        step->expect[EXPECT_value] =
            optioncheck_digits(check->scope.arena, step->expect[EXPECT_value]);
    commandcheck_step(check->complaints, step);
    check_since(check, step);
    check_descriptors(check, step);
    check_calls(check, step);
    check_saved(check, step);
    note_made(check, step);
}

/* Fills *step from node; false after a complaint that leaves it without a verb. */
static bool check_step(struct check *check, struct step *step, const struct node *node)
{
    const struct node *actor = node->kind == NODE_MAP ? node->first : NULL;
    const struct node *name = NULL;
    if (actor == NULL || node->count != 1 || actor->kind != NODE_MAP || actor->count == 0) {
        complain(check->complaints, node->mark, remark_width(node), CODE_BAD_STEP, NULL,
                 "a step is one actor with one verb: - client: {recv: 64}");
        return false;
    }
    step->mark = actor->key_mark;
    step->actor = actor->key;
    step->source = source_of_step(check->complaints, actor, &check->place);
    if (check_actor(check, actor))
        name = find_verb(check, actor);
    if (name == NULL || !check_side(check, actor, name))
        return false;
    check_body(check, step, actor, name);
    return true;
}

void check_steps(struct variant *variant, struct complaints *complaints, const struct node *steps,
                 const struct row *row, bool tolerant)
{
    struct check check = {
        .file = variant->file, .complaints = complaints, .row = row, .variant = variant};
    int number = 0;
    if (steps == NULL || steps->kind != NODE_LIST)
        return;
    scope_begin(&check.scope, variant->file);
    check.scope.complaints = complaints;
    check.scope.tolerant = tolerant;
    variant->steps = arena_alloc(complaints->arena, steps->count * sizeof *variant->steps);
    for (const struct node *one = steps->first; one != NULL; one = one->next) {
        struct step *step = &variant->steps[variant->step_count];
        step->number = ++number;
        if (check_step(&check, step, one))
            variant->step_count++;
    }
    scope_check_used(&check.scope);
}
