/* SPDX-License-Identifier: MIT */
#include "case/optioncheck.h"

#include "case/basicshape.h"
#include "case/matcher.h"
#include "case/number.h"
#include "case/remark.h"
#include "case/scalar.h"
#include "case/structure.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/sctp.h>
#include <string.h>

/* --- addresses ----------------------------------------------------------------------------- */

static bool is_host(const char *text)
{
    static const char *const words[] = {"any", "loopback", "blackhole", "client-second",
                                        "server-second"};
    bool found = scalar_is_actor(text);
    for (size_t i = 0; i < sizeof words / sizeof *words && !found; i++)
        found = strcmp(text, words[i]) == 0;
    return found;
}

static bool check_address(struct complaints *list, const struct node *node, int family)
{
    struct in6_addr address;
    bool good = node->kind != NODE_SCALAR || node_reference(node) != NULL || is_host(node->text) ||
                inet_pton(family, node->text, &address) == 1;
    if (!good)
        complain(list, node->mark, remark_width(node), CODE_BAD_VALUE, NULL,
                 "'%s' is no host and no IPv%d address", node->text, family == AF_INET ? 4 : 6);
    return good;
}

static bool check_members(struct complaints *list, const struct structure *structure,
                          const struct node *value)
{
    bool good = true;
    for (const struct node *one = value->first; one != NULL; one = one->next) {
        const struct structure_member *member = structure_member(structure, one->key);
        if (member != NULL && member->kind != STRUCTURE_NUMBER)
            good =
                check_address(list, one, member->kind == STRUCTURE_ADDRESS4 ? AF_INET : AF_INET6) &&
                good;
    }
    return good;
}

/* A bare number would be the text of its digits. */
static bool check_bytes(struct complaints *list, const struct option *option,
                        const struct node *value)
{
    bool good = value->kind != NODE_SCALAR || !value->plain || node_reference(value) != NULL ||
                !scalar_is_quantity(value->text, SCALAR_BARE, INT64_MIN, INT64_MAX);
    if (!good)
        complain(list, value->mark, remark_width(value), CODE_BAD_VALUE,
                 "write {hex: \"01 01\"}, or quote a text", "'%s' takes bytes, not a number",
                 option->name);
    return good;
}

/* --- SCTP ---------------------------------------------------------------------------------- */

/* The sets of sctp.def, as far as they differ to a case. */
enum kind {
    KIND_NUMBER,
    KIND_NOTICE,
    KIND_ASSOC_STATE,
    KIND_ADDRESS_STATE,
    KIND_STATUS,
    KIND_PATH,
    KIND_INDICATION,
    KIND_SEND_FLAG,
    KIND_POLICY,
    KIND_FAILED,
    KIND_PORT,
    KIND_ADDRESS,
    KIND_LIST
};

/* bytes: of a number; 0: of what is none */
struct part {
    const char *name;
    enum kind kind;
    size_t bytes;
};

enum { MEMBERS_MAX = 12 };

/* An option's structure; without a member: a plain number. */
struct layout {
    const char *name;
    struct part members[MEMBERS_MAX + 1];
};

#define NAMED(name, set)
#define NOTICE(type, structure, ...)
#define BYTES(structure, name) sizeof(((struct structure *)0)->name)
#define BYTES_NUMBER BYTES
#define BYTES_PORT BYTES
#define BYTES_NOTICE(structure, name) 0
#define BYTES_ASSOC_STATE(structure, name) 0
#define BYTES_ADDRESS_STATE(structure, name) 0
#define BYTES_STATUS(structure, name) 0
#define BYTES_PATH(structure, name) 0
#define BYTES_INDICATION(structure, name) 0
#define BYTES_SEND_FLAG(structure, name) 0
#define BYTES_POLICY(structure, name) 0
#define BYTES_FAILED(structure, name) 0
#define BYTES_ADDRESS(structure, name) 0
#define BYTES_LIST(structure, name) 0
#define MEMBER(structure, name, set)                                                               \
    {                                                                                              \
#name, KIND_##set, BYTES_##set(structure, name)                                            \
    }
#define OPTION(name, structure, ...) {#name, {__VA_ARGS__}},
#define PLAIN(name) {#name, {{NULL, KIND_NUMBER, 0}}},
static const struct layout layouts[] = {
#include "stack/sctp.def"
};
#undef NAMED
#undef NOTICE
#undef MEMBER
#undef OPTION
#undef PLAIN

static const struct layout *layout_of(const struct option *option)
{
    const struct layout *found = NULL;
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts && found == NULL; i++)
        if (strcmp(layouts[i].name, option->name) == 0)
            found = &layouts[i];
    return found;
}

/* By its name in RFC 6458, or what stands behind the first underscore. */
static const struct part *member_of(const struct layout *layout, const char *name, bool whole)
{
    const struct part *one = layout->members;
    for (; one->name != NULL; one++) {
        const char *behind = strchr(one->name, '_');
        if (strcmp(one->name, name) == 0 ||
            (!whole && behind != NULL && strcmp(behind + 1, name) == 0))
            break;
    }
    return one->name != NULL ? one : NULL;
}

static const struct shape sctp_word = {SHAPE_CONSTANT, .noun = "an SCTP constant (SCTP_COMM_UP)",
                                       .group = GROUP_SCTP};
static const struct shape quantity = {SHAPE_SIZE, .noun = "a number", .least = INT32_MIN,
                                      .most = UINT32_MAX};
static const struct shape words = {SHAPE_LIST, .noun = "a list of SCTP constants",
                                   .of = &sctp_word};
static const struct shape number = {SHAPE_EITHER, .noun = "a number, or SCTP constants",
                                    .either = SHAPES(&quantity, &sctp_word, &words)};
static const struct shape stream = {SHAPE_INTEGER, .noun = "a stream (0 to 65535)", .most = 65535};
static const struct shape streams = {SHAPE_LIST, .noun = "a list of streams", .of = &stream};

static const struct shape *shape_of(const struct part *member)
{
    return member->kind == KIND_ADDRESS ? &basicshape_address
           : member->kind == KIND_LIST  ? &streams
                                        : &number;
}

/* False after a complaint when the member has no room for the number, which would be another one.
 */
static bool fits_member(struct complaints *list, const struct part *member,
                        const struct node *value)
{
    bool narrow = member->bytes > 0 && member->bytes < sizeof(int32_t);
    int64_t most = narrow ? (INT64_C(1) << (8 * member->bytes)) - 1 : UINT32_MAX;
    bool fits = !narrow || value->kind != NODE_SCALAR || node_reference(value) != NULL ||
                number_of(value, 0) <= most;
    if (!fits)
        complain(list, value->mark, remark_width(value), CODE_BAD_VALUE, NULL,
                 "'%s' has room for no more than %lld", member->name, (long long)most);
    return fits;
}

static bool unknown_member(struct complaints *list, const struct layout *layout,
                           const struct node *one)
{
    const char *names[MEMBERS_MAX + 1] = {NULL};
    for (size_t i = 0; layout->members[i].name != NULL; i++)
        names[i] = layout->members[i].name;
    remark_unknown_key(list, one, arena_printf(list->arena, "'%s'", layout->name), names);
    return false;
}

static bool check_sctp(struct complaints *list, const struct layout *layout,
                       const struct node *value)
{
    bool single = layout->members[0].name == NULL || layout->members[1].name == NULL;
    bool good = true;
    if (value->kind == NODE_SCALAR && (single || node_reference(value) != NULL))
        return shape_check(list, value, &number, layout->name);
    if (value->kind != NODE_MAP || layout->members[0].name == NULL) {
        complain(list, value->mark, remark_width(value), CODE_BAD_VALUE, NULL,
                 single ? "'%s' takes a number"
                        : "'%s' takes a mapping of the members of its "
                          "structure, by their names in RFC 6458",
                 layout->name);
        return false;
    }
    for (const struct node *one = value->first; one != NULL; one = one->next) {
        const struct part *member = member_of(layout, one->key, false);
        good = (member != NULL ? shape_check(list, one, shape_of(member), one->key) &&
                                     fits_member(list, member, one)
                               : unknown_member(list, layout, one)) &&
               good;
    }
    return good;
}

static bool is_matcher(const char *key)
{
    const unsigned all = MATCH_ORDER | MATCH_BYTES | MATCH_SET;
    const struct matcher *one = matcher_next(NULL, all);
    while (one != NULL && strcmp(one->name, key) != 0)
        one = matcher_next(one, all);
    return one != NULL;
}

static bool check_sctp_seen(struct complaints *list, const struct layout *layout,
                            const struct node *value)
{
    bool good = true;
    if (value->kind != NODE_MAP || layout->members[0].name == NULL)
        return true;
    for (const struct node *one = value->first; one != NULL; one = one->next)
        if (member_of(layout, one->key, true) == NULL && !is_matcher(one->key))
            good = unknown_member(list, layout, one);
    return good;
}

/* --- all ----------------------------------------------------------------------------------- */

bool optioncheck_carried(struct complaints *list, const struct option *option,
                         const struct node *name)
{
    bool carried = option->type != OPTION_UNBUILT &&
                   (option->type != OPTION_SCTP || layout_of(option) != NULL);
    if (!carried)
        complain(list, name->mark, remark_width(name), CODE_NOT_CARRIED, NULL,
                 "the option '%s' is not carried out by this build", option->name);
    return carried;
}

bool optioncheck_given(struct complaints *list, const struct option *option,
                       const struct node *value)
{
    const struct structure *structure = structure_of(option->type);
    bool good = true;
    if (option->type == OPTION_SCTP)
        good = check_sctp(list, layout_of(option), value);
    else if (option->type == OPTION_BYTES)
        good = check_bytes(list, option, value);
    else if (option->type == OPTION_ADDRESS)
        good = check_address(list, value, AF_INET);
    else if (structure != NULL)
        good = check_members(list, structure, value);
    return good;
}

bool optioncheck_seen(struct complaints *list, const struct option *option,
                      const struct node *value)
{
    const struct layout *layout = option->type == OPTION_SCTP ? layout_of(option) : NULL;
    return layout == NULL || check_sctp_seen(list, layout, value);
}

const struct node *optioncheck_digits(struct arena *arena, const struct node *value)
{
    const struct node *given = node_get(value, "hex");
    if (given == NULL || node_reference(given) != NULL)
        return value;
    struct node *copy = arena_alloc(arena, sizeof *copy);
    struct node *hex = arena_alloc(arena, sizeof *hex);
    *copy = *value;
    *hex = *given;
    hex->text = arena_copy(arena, given->text, given->length);
    hex->length = 0;
    for (const char *at = given->text; *at != '\0'; at++)
        if (*at != ' ')
            hex->text[hex->length++] = (char)tolower((unsigned char)*at);
    hex->text[hex->length] = '\0';
    copy->first = hex;
    return copy;
}

const struct node *optioncheck_numbers(struct arena *arena, const struct node *node)
{
    struct node *copy = arena_alloc(arena, sizeof *copy);
    struct node **end = &copy->first;
    const struct constant *word = node->kind == NODE_SCALAR && node->plain
                                      ? constant_find(GROUP_OPTION_VALUE, node->text)
                                      : NULL;
    *copy = *node;
    copy->first = NULL;
    if (word != NULL) {
        copy->text = arena_printf(arena, "%lld", (long long)word->value);
        copy->length = strlen(copy->text);
    }
    for (const struct node *one = node->first; one != NULL; one = one->next) {
        *end = (struct node *)optioncheck_numbers(arena, one);
        end = &(*end)->next;
    }
    return copy;
}

/* --- control messages ---------------------------------------------------------------------- */

/* What a control message carries, and so which members it has. */
enum carries { CARRIES_NOTHING, CARRIES_NUMBER, CARRIES_PLACE, CARRIES_ADDRESS, CARRIES_ERROR };

static const struct {
    const char *name;
    enum carries sent, received;
} messages[] = {{"IP_TTL", CARRIES_NUMBER, CARRIES_NUMBER},
                {"IP_TOS", CARRIES_NUMBER, CARRIES_NUMBER},
                {"IPV6_HOPLIMIT", CARRIES_NUMBER, CARRIES_NUMBER},
                {"IPV6_TCLASS", CARRIES_NUMBER, CARRIES_NUMBER},
                {"SO_MARK", CARRIES_NUMBER, CARRIES_NUMBER},
                {"SO_PRIORITY", CARRIES_NUMBER, CARRIES_NOTHING},
                {"IPV6_DONTFRAG", CARRIES_NUMBER, CARRIES_NOTHING},
                {"UDP_SEGMENT", CARRIES_NUMBER, CARRIES_NOTHING},
                {"SO_TIMESTAMPING", CARRIES_NUMBER, CARRIES_NUMBER},
                {"IP_PROTOCOL", CARRIES_NUMBER, CARRIES_NOTHING},
                {"SO_TIMESTAMP", CARRIES_NOTHING, CARRIES_NUMBER},
                {"SO_TIMESTAMPNS", CARRIES_NOTHING, CARRIES_NUMBER},
                {"SO_RXQ_OVFL", CARRIES_NOTHING, CARRIES_NUMBER},
                {"SO_WIFI_STATUS", CARRIES_NOTHING, CARRIES_NUMBER},
                {"IP_CHECKSUM", CARRIES_NOTHING, CARRIES_NUMBER},
                {"IP_RECVFRAGSIZE", CARRIES_NOTHING, CARRIES_NUMBER},
                {"IPV6_RECVFRAGSIZE", CARRIES_NOTHING, CARRIES_NUMBER},
                {"UDP_GRO", CARRIES_NOTHING, CARRIES_NUMBER},
                {"TCP_INQ", CARRIES_NOTHING, CARRIES_NUMBER},
                {"IP_PKTINFO", CARRIES_PLACE, CARRIES_PLACE},
                {"IPV6_PKTINFO", CARRIES_PLACE, CARRIES_PLACE},
                {"IP_ORIGDSTADDR", CARRIES_NOTHING, CARRIES_ADDRESS},
                {"IPV6_ORIGDSTADDR", CARRIES_NOTHING, CARRIES_ADDRESS},
                {"IP_RECVERR", CARRIES_NOTHING, CARRIES_ERROR},
                {"IPV6_RECVERR", CARRIES_NOTHING, CARRIES_ERROR}};

static bool has_member(enum carries carries, const char *key)
{
    bool has = false;
    if (strcmp(key, "value") == 0)
        has = carries == CARRIES_NUMBER;
    else if (strcmp(key, "addr") == 0)
        has = carries == CARRIES_PLACE || carries == CARRIES_ADDRESS;
    else if (strcmp(key, "ifindex") == 0)
        has = carries == CARRIES_PLACE;
    else
        has = carries == CARRIES_ERROR;
    return has;
}

/* The size of segments is a number of 16 bits (udp(7)). */
static bool check_segment(struct complaints *list, const struct node *type,
                          const struct node *value)
{
    bool good = !node_is(type, "UDP_SEGMENT") || value == NULL || value->kind != NODE_SCALAR ||
                node_reference(value) != NULL || number_of(value, 0) <= UINT16_MAX;
    if (!good)
        complain(list, value->mark, remark_width(value), CODE_BAD_VALUE, NULL,
                 "a control message 'UDP_SEGMENT' has room for no more than %d", UINT16_MAX);
    return good;
}

static bool check_message(struct complaints *list, const struct node *item, const struct node *type,
                          enum carries carries)
{
    bool good = carries != CARRIES_NOTHING;
    if (!good)
        complain(list, type->mark, remark_width(type), CODE_NOT_CARRIED, NULL,
                 "a control message '%s' is not carried out by this build", type->text);
    for (const struct node *one = item->first; one != NULL && carries != CARRIES_NOTHING;
         one = one->next) {
        if (one == type || has_member(carries, one->key))
            continue;
        complain(list, one->key_mark, (int)strlen(one->key), CODE_MISPLACED_KEY, NULL,
                 "a control message '%s' has no '%s'", type->text, one->key);
        good = false;
    }
    return check_segment(list, type, node_get(item, "value")) && good;
}

static bool check_either(struct complaints *list, const struct node *item, bool sent)
{
    const struct node *type = node_get(item, "type");
    enum carries carries = CARRIES_NOTHING;
    if (type == NULL || node_reference(type) != NULL)
        return true;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        if (node_is(type, messages[i].name))
            carries = sent ? messages[i].sent : messages[i].received;
    return check_message(list, item, type, carries);
}

bool optioncheck_control(struct complaints *list, const struct node *item)
{
    return check_either(list, item, true);
}

bool optioncheck_control_seen(struct complaints *list, const struct node *items)
{
    bool good = true;
    for (const struct node *one = items->first; one != NULL; one = one->next)
        good = check_either(list, one, false) && good;
    return good;
}
