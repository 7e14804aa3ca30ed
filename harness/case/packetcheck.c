/* SPDX-License-Identifier: MIT */
#include "case/packetcheck.h"

#include "case/made.h"
#include "case/number.h"
#include "case/optionlist.h"
#include "case/remark.h"
#include "case/shape.h"
#include "packet/icmp.h"
#include "packet/kind.h"
#include "packet/layers.h"
#include "packet/payload.h"
#include "packet/sctp.h"

#include <string.h>
#include <sys/socket.h>

/* Whose complaints, and under which code. */
struct packetcheck {
    struct complaints *list; /* NULL: nobody's */
    enum code code;
    bool seen; /* else it is made */
};

/* False, with a complaint about node: at its key, or at itself when it is a member of a list. */
#define REFUSE(check, node, advice, ...)                                                           \
    refuse(check, node, advice,                                                                    \
           (check)->list != NULL ? arena_printf((check)->list->arena, __VA_ARGS__) : "")

static bool refuse(const struct packetcheck *check, const struct node *node, const char *advice,
                   const char *message)
{
    bool keyed = node->key != NULL;
    if (check->list != NULL)
        complain(check->list, keyed ? node->key_mark : node->mark,
                 keyed ? remark_characters(node->key, strlen(node->key)) : remark_width(node),
                 check->code, advice, "%s", message);
    return false;
}

static bool is_transport(const struct node *node)
{
    const struct layer *layer = layers_find(node->key);
    return layer != NULL && layer->protocol[0] != 0;
}

/* --- fields of one layer ------------------------------------------------------------------- */

/* The kinds of the layer whose first octet is what one word or number says, in either family. */
static uint32_t kinds_of(const struct layer *layer, const struct node *node)
{
    int64_t octet = number_of(node, -1);
    for (size_t i = 0; layer == &chunk_layer && chunk_names[i] != NULL; i++)
        octet = node_is(node, chunk_names[i]) ? chunk_types[i] : octet;
    bool known = node->kind == NODE_SCALAR && octet >= 0 && octet <= UINT8_MAX;
    return known ? layer->kind(AF_INET, (uint8_t)octet) | layer->kind(AF_INET6, (uint8_t)octet)
                 : (uint32_t)ALL;
}

/* The kinds that the field which decides them leaves open: a value, or any_of some. */
static uint32_t decided(const struct layer *layer, const struct node *fields)
{
    const struct node *value = layer->decides != NULL ? node_get(fields, layer->decides) : NULL;
    const struct node *choice = node_get(value, "any_of");
    uint32_t kinds = 0;
    for (const struct node *one = choice != NULL ? choice->first : NULL; one != NULL;
         one = one->next)
        kinds |= kinds_of(layer, one);
    if (choice == NULL)
        kinds = value != NULL ? kinds_of(layer, value) : (uint32_t)ALL;
    return kinds;
}

/* "'id' is a field of IPv4", for advice. */
static const char *bearers_named(struct complaints *list, const struct layer *layer,
                                 const char *name, uint32_t bearers)
{
    const char *text = NULL;
    for (unsigned i = 0; list != NULL && layer->kind_names != NULL && layer->kind_names[i] != NULL;
         i++) {
        if ((bearers >> i & 1) == 0)
            continue;
        text = text == NULL
                   ? arena_printf(list->arena, "'%s' goes with %s", name, layer->kind_names[i])
                   : arena_printf(list->arena, "%s, %s", text, layer->kind_names[i]);
    }
    return text;
}

/* Takes away from *kinds those without the bearers; false, with a complaint, when none is left. */
static bool narrow(const struct packetcheck *check, const struct layer *layer,
                   const struct node *node, const char *name, uint32_t bearers, uint32_t *kinds)
{
    if ((*kinds & bearers) == 0)
        return REFUSE(check, node, bearers_named(check->list, layer, name, bearers),
                      "%s that has the other fields has no '%s'", layer->noun, name);
    *kinds &= bearers;
    return true;
}

/* The flags that must be set: a list of them, or all of them. */
static bool check_flags(const struct packetcheck *check, const struct layer *layer,
                        const struct field *field, const struct node *node, uint32_t *kinds)
{
    const struct node *all = node_get(node, "all");
    const struct node *list = all != NULL ? all : node;
    bool good = true;
    for (const struct node *one = list->kind == NODE_LIST ? list->first : NULL; one != NULL && good;
         one = one->next)
        for (const struct flag *flag = field->flags; flag->name != NULL && good; flag++)
            if (node_is(one, flag->name))
                good = narrow(check, layer, one, flag->name, flag->bearers, kinds);
    return good;
}

/* Options that no header has together, be they a list, or inside of matchers. */
static bool check_options(const struct packetcheck *check, const struct field *field,
                          const struct node *node)
{
    bool among = node->key != NULL && strcmp(node->key, "has") == 0;
    bool choice = node->key != NULL && strcmp(node->key, "any_of") == 0;
    enum optionlist_use use = among         ? OPTIONLIST_AMONG
                              : check->seen ? OPTIONLIST_SEEN
                                            : OPTIONLIST_MADE;
    struct optionlist_flaw flaw;
    bool good = true;
    if (node->kind == NODE_LIST && !choice &&
        !optionlist_possible(field->options, node, use, &flaw))
        good = REFUSE(check, flaw.node, flaw.advice, "%s", flaw.what);
    for (const struct node *one = node->kind == NODE_MAP || choice ? node->first : NULL;
         one != NULL && good; one = one->next)
        good = check_options(check, field, one);
    return good;
}

static bool check_packet(const struct packetcheck *check, const struct node *node);

static bool check_layer(const struct packetcheck *check, const struct layer *layer,
                        const struct node *fields)
{
    uint32_t kinds = decided(layer, fields);
    bool good = true;
    for (const struct node *one = fields->first; one != NULL && good; one = one->next) {
        const struct field *field = layer_field(layer, one->key);
        if (field == NULL)
            continue;
        good = narrow(check, layer, one, one->key, field->bearers, &kinds) &&
               (field->type != FIELD_FLAGS || check_flags(check, layer, field, one, &kinds)) &&
               (field->type != FIELD_OPTIONS || check_options(check, field, one)) &&
               (field->type != FIELD_PACKET || check_packet(check, one));
    }
    return good && (layer->parts == NULL || check_layer(check, layer->parts, fields));
}

/* --- the packet ---------------------------------------------------------------------------- */

/* At most one transport. */
static bool check_transports(const struct packetcheck *check, const struct node *node)
{
    const struct node *first = NULL;
    bool good = true;
    for (const struct node *one = node->first; one != NULL && good; one = one->next) {
        if (!is_transport(one))
            continue;
        if (first != NULL)
            good = REFUSE(check, one, "leave one of them out", "no packet has '%s' and '%s'",
                          first->key, one->key);
        first = one;
    }
    return good;
}

/* The errors of ICMP are no data, and a TCP segment of a kind has its flags. */
static bool has_kind(const struct node *transport, const char *kind)
{
    const struct node *flags = node_get(transport, "flags");
    bool data = strcmp(kind, "data") == 0;
    bool error = strcmp(transport->key, "icmp") == 0 &&
                 (decided(&icmp_layer, transport) & ~(uint32_t)OF_ICMP_QUOTING) == 0;
    uint8_t wanted = strcmp(transport->key, "tcp") == 0 ? kind_flags(kind) : 0;
    bool exact = flags != NULL && flags->kind == NODE_LIST;
    return kind_fits(kind, transport->key) && !(data && error) &&
           (!exact || (number_flags(flags, GROUP_TCP_FLAG) & wanted) == wanted);
}

static bool check_kind(const struct packetcheck *check, const struct node *node)
{
    const struct node *kind = node_get(node, "packet");
    bool good = true;
    if (kind == NULL || kind->kind != NODE_SCALAR || node_reference(kind) != NULL)
        return true;
    for (const struct node *one = node->first; one != NULL && good; one = one->next)
        if (is_transport(one) && one->kind == NODE_MAP && !has_kind(one, kind->text))
            good = REFUSE(check, kind, NULL, "%s like that is never '%s'",
                          layers_find(one->key)->noun, kind->text);
    return good;
}

static bool check_packet(const struct packetcheck *check, const struct node *node)
{
    bool good = check_transports(check, node) && check_kind(check, node);
    for (const struct node *one = node->first; one != NULL; one = one->next) {
        const struct layer *layer = layers_find(one->key);
        if (layer != NULL && one->kind == NODE_MAP && layer != &payload_layer)
            good = check_layer(check, layer, one) && good;
    }
    return good;
}

bool packetcheck_seen(struct complaints *list, const struct node *node)
{
    const struct packetcheck check = {list, CODE_CANNOT_MATCH, true};
    return check_packet(&check, node);
}

bool packetcheck_made(struct complaints *list, const struct node *node)
{
    const struct packetcheck check = {list, CODE_CANNOT_MAKE, false};
    const struct node *quotes = node_get(node_get(node, "icmp"), "quotes");
    if (quotes != NULL && node_get(node, "payload") != NULL)
        return REFUSE(&check, quotes, "leave one of them out",
                      "'quotes' stands in the place of 'payload'");
    return check_packet(&check, node);
}

/* --- for one family ------------------------------------------------------------------------ */

static const char *family_noun(int family)
{
    return family == AF_INET6 ? "an IPv6" : "an IPv4";
}

typedef bool putting(struct draft *draft, const char *layer, const struct node *node);

static bool can_put(struct complaints *list, const struct node *node, int family, putting *put)
{
    const struct packetcheck check = {list, CODE_CANNOT_MAKE, false};
    struct draft draft;
    bool good = true;
    draft_begin(&draft, family);
    for (const struct node *layer = node->first; layer != NULL; layer = layer->next) {
        bool fields = layers_find(layer->key) != NULL && strcmp(layer->key, "payload") != 0;
        for (const struct node *one = fields ? layer->first : NULL; one != NULL; one = one->next)
            if (node_reference(one) == NULL && !put(&draft, layer->key, one))
                good = REFUSE(&check, one, NULL, "%s packet cannot have this '%s' in '%s'",
                              family_noun(family), one->key, layer->key);
    }
    return good;
}

bool packetcheck_makeable(struct complaints *list, const struct node *node, int family)
{
    return can_put(list, node, family, made_put);
}

bool packetcheck_sendable(struct complaints *list, const struct node *node, int family)
{
    return can_put(list, node, family, made_put_sent);
}

bool packetcheck_headless(struct complaints *list, const struct node *node)
{
    const struct packetcheck check = {list, CODE_CANNOT_MATCH, true};
    bool good = true;
    for (const struct node *one = node->first; one != NULL; one = one->next)
        if (strcmp(one->key, "ip") == 0 || strcmp(one->key, "to") == 0)
            good = REFUSE(&check, one, "say 'family: inet', or look at it on the wire",
                          "a raw socket gives no header of IPv6");
    return good;
}
