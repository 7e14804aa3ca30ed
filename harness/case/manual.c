/* SPDX-License-Identifier: MIT */
#include "case/manual.h"

#include "case/faultshape.h"
#include "case/fieldshape.h"
#include "case/form.h"
#include "case/format.h"
#include "case/headershape.h"
#include "case/packetshape.h"
#include "case/page.h"
#include "case/topshape.h"

#include <string.h>

static void chapter(struct page *page, const char *title, const char *text)
{
    fprintf(page->out, "## %s\n\n%s", title, text);
}

/* An entry of a table, and what it takes, if anything. */
static void entry(struct page *page, const char *heading, const char *name,
                  const struct shape *shape, const struct lesson *lesson)
{
    fprintf(page->out, "### %s`%s`\n\n", heading, name);
    page_sentence(page, name, lesson->sentence);
    if (shape != NULL) {
        fputs("Takes ", page->out);
        page_takes(page, shape);
        fputs(".\n\n", page->out);
    }
    page_example(page, name, lesson->example);
}

static void entries(struct page *page, const struct shape_member *members)
{
    for (; members->name != NULL; members++) {
        struct lesson lesson = {members->sentence, members->example};
        entry(page, members->required ? "The needed key " : "The key ", members->name,
              members->shape, &lesson);
    }
}

/* --- the top level ------------------------------------------------------------------------- */

static const struct shape *top_shape(const char *key)
{
    const struct shape_member *one = topshape_case.members;
    while (strcmp(one->name, key) != 0)
        one++;
    return one->shape;
}

static void top(struct page *page)
{
    fputs(
        "# The format of case files\n"
        "\n"
        "Every key, verb, matcher, fault and word. This page is made from the tables that check "
        "case "
        "files, by `./sockproof schema --reference`; do not edit it. How to write a case, and when "
        "a step begins, is in [CASES.md](CASES.md).\n"
        "\n"
        "A case file is YAML: scalars are texts, and the place decides what they mean. There are "
        "no "
        "anchors, no merge keys and no loops. `$NAME` stands for a parameter of the variants or "
        "for "
        "a value that an earlier step saved, wherever a value may stand, and is always the whole "
        "scalar. A key that is not on this page is refused.\n"
        "\n"
        "Each example here is a case that passes: what it leaves out is `title`, `cites`, "
        "`transport: tcp` and, where it has no other key, `steps:`.\n"
        "\n",
        page->out);
    chapter(page, "The top level", "");
    entries(page, topshape_case.members);
    chapter(page, "What is expected of a case as a whole", "The keys of `expect`.\n\n");
    entries(page, top_shape("expect")->members);
}

/* --- steps --------------------------------------------------------------------------------- */

static void parameters(struct page *page, const struct verb *verb)
{
    fputs("| inside it | takes |\n|---|---|\n", page->out);
    for (size_t i = 0; i < verb->param_count; i++) {
        fprintf(page->out, "| `%s`%s | ", verb->params[i].name,
                verb->params[i].required ? " (needed)" : "");
        page_takes(page, format_param(verb, i));
        fputs(" |\n", page->out);
    }
    fputc('\n', page->out);
}

static void expectations(struct page *page, const struct verb *verb)
{
    unsigned outs = form_outs(verb);
    const char *comma = "";
    if (outs == 0)
        return;
    fputs("Beside it: ", page->out);
    for (int i = 0; i < EXPECT_COUNT; i++)
        if (outs == OUT_ANY ? i == 0 : (outs & 1U << i) != 0) {
            fprintf(page->out, "%s%s", comma, outs == OUT_ANY ? "" : "`");
            fputs(outs == OUT_ANY ? "what the verb of the started call takes"
                                  : expectation_names[i],
                  page->out);
            fputs(outs == OUT_ANY ? "" : "`", page->out);
            comma = ", ";
        }
    fputs(".\n\n", page->out);
}

/* The verbs of a family, with links. */
static void family(struct page *page, const char *name)
{
    const char *comma = "";
    fprintf(page->out, "* %s: ", name);
    for (int i = 0; i < VERB_COUNT; i++)
        if (strcmp(verb_get((enum verb_id)i)->family, name) == 0) {
            const char *verb = verb_get((enum verb_id)i)->name;
            fprintf(page->out, "%s[`%s`](#%s)", comma, verb, verb);
            comma = ", ";
        }
    fputc('\n', page->out);
}

static bool is_first_of_family(int verb)
{
    const char *name = verb_get((enum verb_id)verb)->family;
    bool first = true;
    for (int i = 0; i < verb; i++)
        first = first && strcmp(verb_get((enum verb_id)i)->family, name) != 0;
    return first;
}

static void families(struct page *page)
{
    for (int i = 0; i < VERB_COUNT; i++)
        if (is_first_of_family(i))
            family(page, verb_get((enum verb_id)i)->family);
    fputc('\n', page->out);
}

static void verbs(struct page *page, enum verb_side side)
{
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb *verb = verb_get((enum verb_id)i);
        if (verb->side != side)
            continue;
        fprintf(page->out, "### `%s`\n\n", verb->name);
        page_sentence(page, verb->name, verb->lesson.sentence);
        parameters(page, verb);
        expectations(page, verb);
        page_example(page, verb->name, verb->lesson.example);
    }
}

static void steps(struct page *page)
{
    chapter(
        page, "Steps",
        "`- ACTOR: {VERB: IN, …}`: one actor, one verb. *Inside* the verb is what goes in: the "
        "first parameter alone (`recv: 64`, `writev: [\"a\", \"b\"]`), or all by their names "
        "(`recv: "
        "{len: 64, flags: [MSG_PEEK]}`). Where the first parameter is a mapping itself, "
        "its keys stand among the names (`send: {text: \"ping\", flags: [MSG_OOB]}`); "
        "`setsockopt`, `fcntl`, `ioctl` and `sigaction` take `{FIRST: SECOND}` as well. *Beside* "
        "the verb are what must come out, and the modifiers.\n"
        "\n"
        "Actors are `client`, `server`, `client2`, `server2` and so on, and `clients` where the "
        "top level says how many; `wire` is the line between the hosts.\n\n");
    families(page);
    chapter(page, "Verbs of actors", "");
    verbs(page, SIDE_ACTOR);
    chapter(page, "Verbs of the wire", "");
    verbs(page, SIDE_WIRE);
    chapter(page, "Modifiers", "They say how a step is done.\n\n");
    for (int i = 0; i < MODIFIER_COUNT; i++)
        entry(page, "The modifier ", modifier_names[i], format_modifier((enum modifier)i),
              verb_modifier_lesson((enum modifier)i));
    chapter(
        page, "Expectations",
        "They say what must come out. Where a step names none, its call must succeed; a loop must "
        "move all.\n\n");
    for (int i = 0; i < EXPECT_COUNT; i++)
        entry(page, "The expectation ", expectation_names[i],
              format_expectation((enum expectation)i),
              verb_expectation_lesson((enum expectation)i));
}

/* --- faults -------------------------------------------------------------------------------- */

struct action {
    const char *word;
    const char *where; /* it fits, or NULL */
    struct lesson lesson;
};

static void actions(struct page *page, const char *heading, const struct action *one)
{
    for (; one->word != NULL; one++) {
        entry(page, heading, one->word, NULL, &one->lesson);
        if (one->where != NULL)
            fprintf(page->out, "It fits %s.\n\n", one->where);
    }
}

/* The points of a table, and the errors that Linux can give there. */
static void points(struct page *page)
{
    static const struct {
        const char *name, *group, *errors, *what;
    } table[] = {
#define POINT(name, kind, group, callers, strict, lenient, what) {#name, #group, strict, what},
#include "fault/point.def"
    };
    chapter(
        page, "The calls that faults meet",
        "What `call` names. A wider point, `receive`, `transmit`, `wait` or `name`, is every call "
        "that the table says so of. The errors are those that `errno` takes there.\n\n"
        "| call | wider | what it is | errors |\n|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        fprintf(page->out, "| `%s` | %s | %s | %s |\n", table[i].name,
                strcmp(table[i].group, "none") == 0 ? "" : table[i].group, table[i].what,
                table[i].errors);
    fputc('\n', page->out);
}

static void faults(struct page *page)
{
    static const struct action at_calls[] = {
#define CALL_ACTION(id, word, argument, effect, needs, where, sentence, example)                   \
    {#word, where, {sentence, example}},
#include "fault/call_action.def"
        {.word = NULL}};
    static const struct action on_the_wire[] = {
#define WIRE_ACTION(id, word, fate, fated, when, loses, sentence, example)                         \
    {#word, NULL, {sentence, example}},
#include "fault/wire_action.def"
        {.word = NULL}};
    chapter(page, "Faults",
            "`faults: {NAME: {…}}` at the top level, armed from the first step on. One that never "
            "fires makes the case broken, unless `fired` counts 0, or counts what the wire was to "
            "meet: then that is a failure. Of several that could fire at one call, or on one "
            "packet, the first decides what becomes of it, in the order in which they stand, and "
            "the others wait for their next chance; delays at a call add up. Each counts every "
            "chance: the calls at its point that it fits, the packets that it looks for. What "
            "could never fire is refused.\n\n");
    fputs("What a fault is: ", page->out);
    page_takes(page, &faultshape_fault);
    fputs(".\n\n", page->out);
    chapter(page, "What a fault does at a call", "");
    actions(page, "At a call: ", at_calls);
    chapter(page, "What a fault does on the wire", "");
    actions(page, "On the wire: ", on_the_wire);
    chapter(
        page, "When a fault fires",
        "The keys of `when`. One of `nth`, `every`, `after`, `covers_byte` and `probability`; "
        "without it a fault fires at every chance. On the wire `when` also says which packets are "
        "meant, by the keys of a packet.\n\n");
    for (const struct shape_member *one = packetshape_wire_when.members; one->name != NULL; one++)
        if (one->example != NULL && !shape_has_key(&packetshape_seen, one->name)) {
            struct lesson lesson = {one->sentence, one->example};
            entry(page, "When: ", one->name, one->shape, &lesson);
        }
    points(page);
    chapter(page, "Fault plans of programs",
            "What `./sockproof exec --plan FILE` takes; [PROGRAMS.md](PROGRAMS.md) has more.\n\n");
    page_members(page, faultshape_plan.members);
}

/* --- packets ------------------------------------------------------------------------------- */

/* The fields of a layer, as they are seen; made: as they are made, or NULL. */
static void fields(struct page *page, const char *layer, const struct shape *seen,
                   const struct shape *made)
{
    char heading[48];
    snprintf(heading, sizeof heading, "The field of %s ", layer);
    for (const struct shape_member *one = seen->members; one->name != NULL; one++) {
        struct lesson lesson = {one->sentence, one->example};
        entry(page, heading, one->name, one->shape, &lesson);
        if (made != NULL && shape_has_key(made, one->name))
            fputs("A packet that a case makes may give it.\n\n", page->out);
    }
}

static void packets(struct page *page)
{
    static const struct {
        const char *name;
        const struct shape *seen, *made;
    } layers[] = {{"ip", &fieldshape_seen_ip, &fieldshape_made_ip},
                  {"tcp", &fieldshape_seen_tcp, &fieldshape_made_tcp},
                  {"udp", &fieldshape_seen_udp, &fieldshape_made_udp},
                  {"icmp", &fieldshape_seen_icmp, &fieldshape_made_icmp},
                  {"sctp", &fieldshape_seen_sctp, NULL}};
    chapter(
        page, "Packets",
        "One notation for what `sees` looks for, what a raw socket receives and sends, what "
        "triggers meet and what never comes: a kind, or a mapping of layers and their fields. What "
        "is not given is free where a packet is seen, and computed where one is made. A field that "
        "a packet does not have is never matched. Flags in a list are exactly these.\n\n");
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        fields(page, layers[i].name, layers[i].seen, layers[i].made);
}

/* The options of a set; heading says what each of them is. */
static void header_options(struct page *page, const char *wanted, const char *heading,
                           const struct shape *values)
{
    static const struct {
        const char *set, *name;
        struct lesson lesson;
    } all[] = {
#define HEAD_OPTION(set, name, kind, experiment, lengths, form, sentence, example)                 \
    {#set, #name, {sentence, example}},
#include "packet/option.def"
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct shape_member *value = values->members;
        if (strcmp(all[i].set, wanted) != 0)
            continue;
        while (value->name != NULL && strcmp(value->name, all[i].name) != 0)
            value++;
        entry(page, heading, all[i].name, value->shape, &all[i].lesson);
    }
}

static void options_of_headers(struct page *page)
{
    chapter(
        page, "Options of TCP segments",
        "What stands in the list `options` of a segment, `tcp: {options: [{mss: 1000}, sackok, "
        "nop]}`: names, and mappings with one name. Where a segment is seen, a name alone is the "
        "option with any value, and fields that are not given are free; where one is made, they "
        "are 0 or no bytes. One of a length that its kind does not have is seen as `raw`. All "
        "padding behind the end of the list is one `eol`.\n\n");
    header_options(page, "tcp", "The option ", headershape_value_tcp);
    chapter(page, "Options of IPv4", "What stands in `ip: {options: [...]}`, likewise.\n\n");
    header_options(page, "ip4", "The option of IPv4 ", headershape_value_ip4);
    chapter(page, "Extension headers of IPv6",
            "What stands in `ip: {ext: [...]}`, in the order of the packet. The number of the next "
            "header is filled in.\n\n");
    header_options(page, "ip6", "The extension header ", headershape_value_ip6);
}

/* --- values and names ---------------------------------------------------------------------- */

static void matchers(struct page *page)
{
    static const char *const kinds[] = {[MATCH_ANY] = "Over every value.",
                                        [MATCH_ORDER] = "Over numbers, sizes and times (order).",
                                        [MATCH_BYTES] = "Over bytes and texts (bytes).",
                                        [MATCH_SET] = "Over flags (set)."};
    chapter(
        page, "Matchers",
        "Where a value is expected, a mapping of these may stand; all of them must hold. Flags in "
        "a list are exactly this set.\n\n");
    for (const struct matcher *one = matcher_next(NULL, MATCH_ORDER | MATCH_BYTES | MATCH_SET);
         one != NULL; one = matcher_next(one, MATCH_ORDER | MATCH_BYTES | MATCH_SET)) {
        entry(page, "The matcher ", one->name, NULL, &one->lesson);
        fprintf(page->out, "%s\n\n", kinds[one->kind]);
    }
}

static const char *option_takes(enum option_type type)
{
    static const char *const words[] = {
        [OPTION_INT] = "a number, a size, or a constant",
        [OPTION_ERRNO] = "an error; read only",
        [OPTION_TYPE] = "a socket type; read only",
        [OPTION_FAMILY] = "an address family; read only",
        [OPTION_PROTO] = "a protocol; read only",
        [OPTION_TIME] = "a time (250us, 10ms, 3s)",
        [OPTION_LINGER] = "{l_onoff: …, l_linger: …}",
        [OPTION_TCPINFO] = "members of tcp_info; read only",
        [OPTION_TEXT] = "a text",
        [OPTION_BYTES] = "bytes",
        [OPTION_WIDE] = "a number, in eight bytes",
        [OPTION_NETWORK] = "a number, which the harness puts into network byte order",
        [OPTION_STAMPING] = "a number or a constant",
        [OPTION_ADDRESS] = "an address: an actor, a host's word, or \"192.0.2.1\"",
        [OPTION_MREQ] = "{imr_multiaddr: …, imr_interface: …}",
        [OPTION_MREQ_SOURCE] = "{imr_multiaddr: …, imr_interface: …, imr_sourceaddr: …}",
        [OPTION_MREQ6] = "{ipv6mr_multiaddr: …, ipv6mr_interface: …}",
        [OPTION_PKTINFO6] = "{ipi6_addr: …, ipi6_ifindex: …}",
        [OPTION_MTUINFO6] = "{ip6m_mtu: …}; read only",
        [OPTION_TXTIME] = "{clockid: …, flags: …}",
        [OPTION_SCTP] = "the members of its structure, by their names in RFC 6458",
        [OPTION_UNBUILT] = "not carried out by this build"};
    return words[type];
}

static void options(struct page *page)
{
    chapter(page, "Socket options",
            "What `setsockopt` and `getsockopt` take for `name`, and what their values are.\n\n");
    for (int type = OPTION_INT; type < OPTION_TYPES; type++) {
        fprintf(page->out, "* %s:", option_takes((enum option_type)type));
        for (const struct option *one = option_table(); one->name != NULL; one++)
            if ((int)one->type == type)
                fprintf(page->out, " `%s`", one->name);
        fputc('\n', page->out);
    }
    fputc('\n', page->out);
}

static void constants(struct page *page)
{
    chapter(
        page, "Constants",
        "Names as in the C headers; nobody types numbers, but where a number is what the case is "
        "about it may stand there.\n\n");
    for (int group = 0; group < GROUP_COUNT; group++) {
        fprintf(page->out, "### %s\n\n", constant_group_title((enum constant_group)group));
        for (const char *const *name = constant_names((enum constant_group)group); *name != NULL;
             name++)
            fprintf(page->out, "`%s`%s", *name, name[1] != NULL ? " " : "\n\n");
    }
}

bool manual_write(FILE *out)
{
    struct page page = {.out = out};
    top(&page);
    steps(&page);
    faults(&page);
    packets(&page);
    options_of_headers(&page);
    matchers(&page);
    chapter(
        &page, "Values",
        "What the other chapters name. A size is a number of bytes, bare or in KiB or MiB. A time "
        "has its unit, us, ms or s; 0 needs none. Numbers may be hexadecimal (0x1f).\n\n");
    page_explain(&page);
    options(&page);
    constants(&page);
    return page.missing == 0;
}
