/* SPDX-License-Identifier: MIT */
#include "case/excess.h"

#include "base/amount.h"
#include "case/limit.h"
#include "case/made.h"
#include "case/number.h"
#include "case/remark.h"
#include "case/scalar.h"
#include "packet/layers.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A name, of an actor or of none. */
struct name {
    const char *actor, *text;
    struct name *next;
};

struct excess {
    struct complaints *complaints;
    const struct variant *variant;
    struct name *actors, *descriptors, *groups;
    size_t actor_count, descriptor_count, group_count, saved_count, watched_count, open_count;
    uint64_t memory;
};

#define TOO_MANY(excess, mark, width, advice, ...)                                                 \
    complain((excess)->complaints, mark, width, CODE_TOO_MANY, advice, __VA_ARGS__)
#define TOO_LARGE(excess, node, advice, ...)                                                       \
    complain((excess)->complaints, (node)->mark, remark_width(node), CODE_TOO_LARGE, advice,       \
             __VA_ARGS__)

static bool is_group(const struct step *step)
{
    return strcmp(step->actor, "clients") == 0 || step->modifier[MODIFIER_each] != NULL;
}

static int verb_width(const struct step *step)
{
    return (int)strlen(step->verb->name);
}

/* --- names --------------------------------------------------------------------------------- */

/* True when the name is a new one; it is counted then. */
static bool add(struct excess *excess, struct name **list, size_t *count, const char *actor,
                const char *text)
{
    for (const struct name *one = *list; one != NULL; one = one->next)
        if (strcmp(one->actor, actor) == 0 && strcmp(one->text, text) == 0)
            return false;
    struct name *name = arena_alloc(excess->complaints->arena, sizeof *name);
    *name = (struct name){actor, text, *list};
    *list = name;
    ++*count;
    return true;
}

/* The number behind an actor's name says which of the case's ports is its. */
static void check_number(struct excess *excess, const struct step *step)
{
    if (scalar_is_actor(step->actor) && strtol(step->actor + 6, NULL, 10) >= PORTS_PER_CASE)
        complain(excess->complaints, step->mark, (int)strlen(step->actor), CODE_TOO_LARGE,
                 "count actors from 2 on: client, client2, client3",
                 "the number of an actor is at most %d", PORTS_PER_CASE - 1);
}

static void check_actor(struct excess *excess, const struct step *step)
{
    check_number(excess, step);
    if (step->verb->side == SIDE_ACTOR &&
        add(excess, &excess->actors, &excess->actor_count, "", step->actor) &&
        excess->actor_count == ACTOR_MAX + 1)
        TOO_MANY(excess, step->mark, (int)strlen(step->actor),
                 "one actor can hold several sockets: name them with as:",
                 "'%s' is one actor too many: a case has at most %d", step->actor, ACTOR_MAX);
}

static void add_descriptor(struct excess *excess, const struct step *step, const char *name)
{
    const struct node *as = step->modifier[MODIFIER_as];
    if (add(excess, &excess->descriptors, &excess->descriptor_count, step->actor, name) &&
        excess->descriptor_count == DESCRIPTOR_NAMES + 1)
        TOO_MANY(excess, as != NULL ? as->mark : step->verb_mark,
                 as != NULL ? remark_width(as) : verb_width(step),
                 "a name may be given again, to a later descriptor of the actor",
                 "'%s' is one descriptor too many: a case names at most %d", name,
                 DESCRIPTOR_NAMES);
}

/* The descriptors that a step makes without doubt: none where it may fail, or end later. */
static void check_descriptors(struct excess *excess, const struct step *step)
{
    const struct node *as = step->modifier[MODIFIER_as];
    bool pair = as != NULL && as->kind == NODE_LIST && as->count == 2;
    bool makes = verb_has(step->verb, VERB_MAKES | VERB_MAKES_SOCKET) ||
                 (as != NULL && step->verb->params[0].type == TYPE_FCNTL);
    if (is_group(step) || step->modifier[MODIFIER_start] != NULL ||
        step->expect[EXPECT_errno] != NULL || step->expect[EXPECT_returns] != NULL)
        return;
    if (verb_has(step->verb, VERB_MAKES_PAIR)) {
        add_descriptor(excess, step, pair ? as->first->text : "sock");
        add_descriptor(excess, step, pair ? as->first->next->text : "other");
    } else if (makes && (as == NULL || as->kind == NODE_SCALAR)) {
        add_descriptor(excess, step, as != NULL ? as->text : "sock");
    }
}

static void check_groups(struct excess *excess, const struct step *step)
{
    const struct node *as = step->modifier[MODIFIER_as];
    const char *name = as != NULL && as->kind == NODE_SCALAR ? as->text : "sock";
    if (is_group(step) && verb_has(step->verb, VERB_MAKES | VERB_MAKES_SOCKET) &&
        add(excess, &excess->groups, &excess->group_count, step->actor, name) &&
        excess->group_count == GROUP_MAX + 1)
        TOO_MANY(excess, as != NULL ? as->mark : step->verb_mark,
                 as != NULL ? remark_width(as) : verb_width(step), NULL,
                 "'%s' is one name too many for many sockets: a case has at most %d", name,
                 GROUP_MAX);
}

static void check_saved(struct excess *excess, const struct step *step)
{
    const struct node *save = step->modifier[MODIFIER_save];
    for (const struct node *one = save != NULL ? save->first : NULL; one != NULL; one = one->next)
        if (++excess->saved_count == SAVED_MAX + 1)
            TOO_MANY(excess, one->mark, remark_width(one), NULL,
                     "'%s' is one saved value too many: a case saves at most %d", one->text,
                     SAVED_MAX);
}

/* --- calls --------------------------------------------------------------------------------- */

static void check_open(struct excess *excess, const struct step *step)
{
    bool calls = step->verb->side == SIDE_ACTOR && !verb_has(step->verb, VERB_NO_CALL);
    if (calls && excess->open_count == OPEN_MAX)
        TOO_MANY(excess, step->verb_mark, verb_width(step),
                 "end a started call first: {done: NAME}",
                 "%d calls are open here, and at most %d can be: '%s' is one too many", OPEN_MAX,
                 OPEN_MAX, step->verb->name);
    if (step->modifier[MODIFIER_start] != NULL)
        excess->open_count++;
    else if (verb_has(step->verb, VERB_ENDS_STARTED) && excess->open_count > 0)
        excess->open_count--;
}

static bool is_under_faults(const struct variant *variant, const char *actor)
{
    bool is = false;
    for (size_t i = 0; i < variant->fault_count; i++)
        is = is || (variant->faults[i].call != NULL && node_is(variant->faults[i].by, actor));
    return is;
}

static void check_watched(struct excess *excess, const struct step *step)
{
    if (verb_has(step->verb, VERB_PROGRAM) && is_under_faults(excess->variant, step->actor) &&
        ++excess->watched_count == WATCHED_MAX + 1)
        TOO_MANY(excess, step->verb_mark, verb_width(step), NULL,
                 "this is one program under faults too many: a case runs at most %d", WATCHED_MAX);
}

/* --- data ---------------------------------------------------------------------------------- */

/* What is no number, or none that goes here, counts nothing. */
static uint64_t count_of(const struct node *node)
{
    int64_t number = number_of(node, 0);
    return number > 0 ? (uint64_t)number : 0;
}

/* The bytes that a pattern or zeros ask for; a text is in the file, and small. */
static uint64_t bytes_of(const struct node *node)
{
    const struct node *pattern = node_get(node, "pattern"), *zeros = node_get(node, "zeros");
    return count_of(pattern != NULL ? pattern : zeros);
}

/* The bytes of a list of bytes, or of sizes. */
static uint64_t list_of(const struct node *list, bool sizes)
{
    uint64_t size = 0;
    for (const struct node *one = list->first; one != NULL; one = one->next)
        size = amount_plus(size, sizes ? count_of(one) : bytes_of(one));
    return size;
}

/* The parameter that says how many messages the step is about, or NULL. */
static const struct node *messages_of(const struct step *step)
{
    const struct node *found = NULL;
    for (size_t i = 0; i < step->verb->param_count; i++)
        if (step->verb->params[i].type == TYPE_MESSAGES)
            found = step->param[i];
    return found;
}

/* The memory of a room that the step asks for, for each of its messages. */
static uint64_t room_of(const struct step *step, const struct node *node)
{
    const struct node *messages = messages_of(step);
    uint64_t usual = messages != NULL ? USUAL_ROOM : 0;
    uint64_t one = node == NULL ? usual : count_of(node);
    return messages == NULL ? one : amount_times(one, count_of(messages));
}

/* True when the step may be about one stream, to which bytes go as they are made: a message lies in
   memory as a whole, and so does what many sockets take. What a case makes itself may be one. */
static bool is_stream(const struct excess *excess, const struct step *step)
{
    const struct casefile *file = excess->variant->file;
    bool own = step->modifier[MODIFIER_fd] != NULL || file->setup < SETUP_BOUND;
    return !is_group(step) && (own || file->transport == TRANSPORT_TCP);
}

/* What is so long that it need not lie in memory. */
static uint64_t unless_long(uint64_t size, bool may_be_long)
{
    return may_be_long && size >= LONG_FROM ? 0 : size;
}

/* True when a loop has no flags, and nobody asks for the bytes that it receives. */
static bool is_plain(const struct step *step)
{
    bool flags = false;
    for (size_t i = 0; i < step->verb->param_count; i++)
        flags = flags || (step->verb->params[i].type == TYPE_MSG_FLAGS && step->param[i] != NULL);
    return !flags && step->expect[EXPECT_data] == NULL;
}

/* The memory that a parameter asks for, at least. */
static uint64_t memory_of(const struct excess *excess, const struct step *step, size_t i)
{
    bool stream = is_stream(excess, step);
    const struct node *node = step->param[i];
    enum param_type type = step->verb->params[i].type;
    uint64_t size = 0;
    if (type == TYPE_ROOM)
        size = room_of(step, node);
    else if (node != NULL && (type == TYPE_SIZE_LIST || type == TYPE_BYTES_LIST))
        size = list_of(node, type == TYPE_SIZE_LIST);
    else if (node != NULL && type == TYPE_SIZE_OR_ACCEPTED)
        size = unless_long(count_of(node), stream && is_plain(step));
    else if (node != NULL && (type == TYPE_BYTES || type == TYPE_CONTENT))
        size = unless_long(bytes_of(node), stream && verb_has(step->verb, VERB_LONG));
    return size;
}

/* True when each socket of a group has a share of its own. */
static bool is_shared_out(const struct step *step, size_t i)
{
    enum param_type type = step->verb->params[i].type;
    return is_group(step) && (verb_has(step->verb, VERB_RECEIVES) ||
                              (i == 0 && (type == TYPE_BYTES || type == TYPE_CONTENT)));
}

/* Nothing is given back before the case ends. */
static void check_memory(struct excess *excess, const struct step *step)
{
    uint64_t before = excess->memory, most = 0;
    uint64_t clients = (uint64_t)excess->variant->file->clients;
    const struct node *largest = NULL;
    for (size_t i = 0; i < step->verb->param_count; i++) {
        uint64_t size =
            amount_times(memory_of(excess, step, i), is_shared_out(step, i) ? clients : 1);
        excess->memory = amount_plus(excess->memory, size);
        if (step->param[i] != NULL && size > most) {
            most = size;
            largest = step->param[i];
        }
    }
    if (before <= MEMORY_MAX && excess->memory > MEMORY_MAX)
        complain(excess->complaints, largest != NULL ? largest->mark : step->verb_mark,
                 largest != NULL ? remark_width(largest) : verb_width(step), CODE_TOO_LARGE,
                 "make it two cases, or send_all and recv_all a long pattern: it lies nowhere",
                 "up to here the steps ask for more bytes of memory than the %llu that a case has",
                 (unsigned long long)MEMORY_MAX);
}

static bool is_header(const struct node *member)
{
    return strcmp(member->key, "payload") != 0 && layers_find(member->key) != NULL;
}

/* A crafted packet: its headers and its payload. */
static void check_packet(struct excess *excess, const struct node *node)
{
    const struct node *payload = node_get(node, "payload");
    struct draft draft;
    if (payload == NULL)
        return;
    draft_begin(&draft, excess->variant->family);
    draft.ip = node_get(node, "ip") != NULL;
    draft.payload_size = bytes_of(payload);
    for (const struct node *layer = node->first; layer != NULL; layer = layer->next)
        for (const struct node *one = is_header(layer) ? layer->first : NULL; one != NULL;
             one = one->next)
            made_put(&draft, layer->key, one);
    if (draft.payload_size > PACKET_MAX || draft_size(&draft) > PACKET_MAX)
        TOO_LARGE(excess, payload, NULL, "a packet has at most %d bytes, headers and all",
                  PACKET_MAX);
}

static bool content_like(const struct node *node)
{
    return node_get(node, "pattern") != NULL || node_get(node, "zeros") != NULL ||
           node_get(node, "hex") != NULL || node_get(node, "text") != NULL;
}

static void check_option(struct excess *excess, const struct node *node)
{
    if (node->kind == NODE_SCALAR && node->length > OPTION_ROOM)
        TOO_LARGE(excess, node, NULL, "an option's value has at most %d bytes", OPTION_ROOM);
    else if (content_like(node) && bytes_of(node) > OPTION_ROOM)
        TOO_LARGE(excess, node, NULL, "an option's value has at most %d bytes", OPTION_ROOM);
    for (const struct node *one = node->kind == NODE_MAP ? node->first : NULL; one != NULL;
         one = one->next)
        if (one->kind == NODE_LIST && one->count > OPTION_LIST)
            TOO_LARGE(excess, one, NULL, "an option's list has at most %d members", OPTION_LIST);
}

/* Bytes of a program's argument: of what stands in the file itself, and the NUL. */
static size_t word_size(const struct node *word)
{
    const struct node *parts = node_get(word, "join");
    size_t size = 1;
    if (parts == NULL)
        size += node_reference(word) == NULL ? word->length : 0;
    for (const struct node *one = parts != NULL ? parts->first : NULL; one != NULL; one = one->next)
        size += node_reference(one) == NULL ? one->length : 0;
    return size;
}

static void check_words(struct excess *excess, const struct node *words)
{
    size_t count = 0, size = 0;
    for (const struct node *one = words->first; one != NULL; one = one->next) {
        size_t before = size;
        size += word_size(one);
        if (++count == WORDS_MAX + 1)
            TOO_MANY(excess, one->mark, remark_width(one), NULL,
                     "a program is run with at most %d words", WORDS_MAX);
        if (before <= WORDS_SIZE && size > WORDS_SIZE)
            TOO_LARGE(excess, one, "put them into a file that it reads",
                      "the words of a program have at most %d bytes", WORDS_SIZE);
    }
}

static void check_data(struct excess *excess, const struct step *step)
{
    for (size_t i = 0; i < step->verb->param_count; i++) {
        const struct node *node = step->param[i];
        enum param_type type = step->verb->params[i].type;
        if (node == NULL)
            continue;
        if (type == TYPE_MESSAGES && count_of(node) > MESSAGES_MAX)
            TOO_LARGE(excess, node, "write two steps", "one step is about at most %d messages",
                      MESSAGES_MAX);
        else if (type == TYPE_CONTENT)
            check_packet(excess, node);
        else if (type == TYPE_OPTION_VALUE)
            check_option(excess, node);
        else if (type == TYPE_ARGV)
            check_words(excess, node);
    }
    check_memory(excess, step);
}

/* --- the variant --------------------------------------------------------------------------- */

static void set_up(struct excess *excess, const char *actor, const char *name)
{
    add(excess, &excess->actors, &excess->actor_count, "", actor);
    add(excess, &excess->descriptors, &excess->descriptor_count, actor, name);
}

/* What every further client begins with, but for a case that makes its own. */
static void set_up_others(struct excess *excess)
{
    for (size_t i = 0; i < excess->variant->step_count; i++) {
        const char *actor = excess->variant->steps[i].actor;
        if (strncmp(actor, "client", 6) == 0 && strcmp(actor, "clients") != 0)
            add(excess, &excess->descriptors, &excess->descriptor_count, actor, "sock");
    }
}

static void begin(struct excess *excess)
{
    const struct casefile *file = excess->variant->file;
    bool streams = file->transport == TRANSPORT_TCP || file->transport == TRANSPORT_SCTP;
    bool listens = streams && (file->setup == SETUP_LISTENING || file->setup == SETUP_CONNECTED);
    bool many = streams && file->clients > 0;
    if (file->setup == SETUP_NONE)
        return;
    if (listens)
        set_up(excess, "server", "listener");
    if (!listens || (file->setup == SETUP_CONNECTED && !many))
        set_up(excess, "server", "sock");
    if (!many)
        set_up(excess, "client", "sock");
    else
        add(excess, &excess->groups, &excess->group_count, "clients", "sock");
    set_up_others(excess);
}

static void check_fault(struct excess *excess, const struct fault_node *fault)
{
    size_t size = strlen(fault->name);
    if (size > FAULT_NAME_MAX)
        complain(excess->complaints, fault->mark, remark_characters(fault->name, size),
                 CODE_TOO_LARGE, "shorten it", "the name of a fault has at most %d bytes",
                 FAULT_NAME_MAX);
}

void excess_check(struct complaints *complaints, const struct variant *variant)
{
    struct excess excess = {.complaints = complaints, .variant = variant};
    begin(&excess);
    for (size_t i = 0; i < variant->fault_count; i++)
        check_fault(&excess, &variant->faults[i]);
    for (size_t i = 0; i < variant->step_count; i++) {
        const struct step *step = &variant->steps[i];
        check_actor(&excess, step);
        check_descriptors(&excess, step);
        check_groups(&excess, step);
        check_saved(&excess, step);
        check_open(&excess, step);
        check_watched(&excess, step);
        check_data(&excess, step);
    }
}
