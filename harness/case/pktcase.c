/* SPDX-License-Identifier: MIT */
#include "case/pktcase.h"

#include "case/carried.h"
#include "case/check.h"
#include "case/pktcode.h"
#include "case/pktlack.h"
#include "case/pktoption.h"
#include "case/pktparse.h"
#include "case/pktstep.h"
#include "case/variant.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const struct {
    const char *name;
    int family;
    bool mapped;
} families[] = {
    {"ipv4", AF_INET, false}, {"ipv6", AF_INET6, false}, {"ipv4-mapped-ipv6", AF_INET, true}};

enum { FAMILY_COUNT = sizeof families / sizeof *families };

bool pktcase_is(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".pkt") == 0;
}

/* --- what runs ------------------------------------------------------------------------------ */

/* The title of a script, which has none: the name of its file. */
static const char *title_of(const struct casefile *file)
{
    const char *slash = strrchr(file->path, '/');
    return slash != NULL ? slash + 1 : file->path;
}

static enum transport transport_of(const struct pkt_script *script)
{
    enum transport transport = TRANSPORT_TCP;
    for (const struct pkt_event *one = script->events; one != NULL; one = one->next)
        if (one->kind == PKT_EVENT_PACKET && one->packet.protocol == PKT_UDP)
            transport = TRANSPORT_UDP;
    return transport;
}

static void parse_codes(struct casefile *file, struct pkt_script *script)
{
    for (struct pkt_event *one = script->events; one != NULL; one = one->next)
        if (one->kind == PKT_EVENT_CODE)
            one->code = pktcode_parse(&file->complaints, script, &one->text);
}

/* What the checker has against a step that was made from a call is something that steps cannot say.
 */
static void note_complaints(struct pkt_script *script, const struct complaints *list)
{
    for (const struct complaint *one = list->first; one != NULL; one = one->next)
        pkt_lacks(script, one->mark, one->width, "%s",
                  one->code == CODE_UNKNOWN_NAME ? "a descriptor that no call before has made"
                                                 : one->message);
}

/* Steps as reports show them: where the event stands, and as it stands. */
static void show_as_script(struct variant *variant, const struct pktstep *made)
{
    for (size_t i = 0; i < variant->step_count && made != NULL; i++, made = made->next) {
        variant->steps[i].event = made->event;
        variant->steps[i].ends = made->ends;
        variant->steps[i].mark = made->event->mark;
        variant->steps[i].source = made->event->source;
    }
}

/* The folder of the script, from the root. */
static const char *folder_of(const struct casefile *file)
{
    char whole[PATH_MAX];
    const char *path = realpath(file->path, whole) != NULL ? whole : file->path;
    const char *slash = strrchr(path, '/');
    return slash != NULL ? arena_copy(file->arena, path, (size_t)(slash - path)) : ".";
}

static void make_variant(struct casefile *file, struct pkt_script *script, size_t which)
{
    const struct pktstep_plan plan = {.arena = file->arena,
                                      .script = script,
                                      .folder = folder_of(file),
                                      .family = families[which].family,
                                      .mapped = families[which].mapped};
    struct complaints found = {.arena = file->arena, .file = file->path};
    struct variant *variant = &file->variants[file->variant_count++];
    struct pktstep *made = NULL;
    const struct row row = {.name = ""};
    variant->file = file;
    variant->family = plan.family;
    variant->absent = strcmp(pktstep_actor(script), "server") == 0 ? SIDE_CLIENT : SIDE_SERVER;
    variant->name = families[which].name;
    variant->id = arena_printf(file->arena, "%s[%s]", file->id, variant->name);
    check_steps(variant, &found, pktstep_nodes(&plan, &made), &row, true);
    note_complaints(script, &found);
    if (found.count == 0)
        show_as_script(variant, made);
}

static struct skip skip_of(const struct casefile *file)
{
    const struct pkt_script *script = file->script;
    const struct pkt_lack *lack = script->lacks;
    if (lack == NULL)
        return (struct skip){CODE_NONE, NULL};
    const char *more = script->lack_count > 1
                           ? arena_printf(file->arena, " (and %zu more)", script->lack_count - 1)
                           : "";
    return (struct skip){CODE_UNKNOWN_CONSTRUCT,
                         arena_printf(file->arena, "%s:%d:%d: %s%s", file->path, lack->mark.line,
                                      lack->mark.column, lack->construct, more)};
}

static void make_variants(struct casefile *file, struct pkt_script *script)
{
    unsigned wanted = pktoption_families(script);
    file->variants = arena_alloc(file->arena, FAMILY_COUNT * sizeof *file->variants);
    for (size_t i = 0; i < FAMILY_COUNT; i++)
        if ((wanted & 1U << i) != 0)
            make_variant(file, script, i);
    const struct skip skip = skip_of(file);
    for (size_t i = 0; i < file->variant_count; i++) {
        struct variant *variant = &file->variants[i];
        if (script->lack_count > 0) /* steps that are not all of the script are none */
            variant->step_count = 0;
        variant_seal(variant);
        variant->needs_wire = true;
        variant->skip = skip;
    }
}

void pktcase_read(struct casefile *file)
{
    struct pkt_script *script = pktparse(&file->complaints);
    file->script = script;
    file->title = title_of(file);
    file->title_mark = (struct mark){1, 1};
    file->transport = transport_of(script);
    file->setup = SETUP_NONE;
    file->place = PLACE_WIRE;
    parse_codes(file, script);
    pktoption_check(script, &file->complaints);
    pktlack_note(script);
    if (file->complaints.count == 0)
        make_variants(file, script);
}
