#include "trial/trial.h"

#include "trial/arm.h"
#include "trial/endpoint.h"
#include "trial/examine.h"
#include "trial/judge.h"
#include "trial/runprogram.h"
#include "trial/setup.h"
#include "trial/step.h"
#include "trial/traffic.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {"pass", "fail", "known", "broken", "skip", "not-run"};
    return verdict < VERDICT_COUNT ? names[verdict] : "broken";
}

bool trial_good(const struct trial *trial)
{
    return trial->verdict == VERDICT_PASS;
}

void trial_event(struct trial *trial, const char *type, const char *actor, const char *text,
                 json_t *members)
{
    log_add(&trial->log, log_now_us(&trial->log), type, actor,
            trial->step != NULL ? trial->step->number : 0, text, members);
}

/* What the case file says at the place that is being judged. */
static struct passage passage_now(const struct trial *trial)
{
    if (trial->step != NULL)
        return (struct passage){trial->step->mark, trial->step->source};
    if (trial->asked.source != NULL)
        return trial->asked;
    return (struct passage){trial->variant->file->title_mark, ""};
}

void trial_asks_node(struct trial *trial, const struct node *node)
{
    const char *value = node_print(trial->arena, node);
    trial->asked =
        node->key != NULL
            ? (struct passage){node->key_mark, trial_text(trial, "%s: %s", node->key, value)}
            : (struct passage){node->mark, value};
}

void trial_asks_fault(struct trial *trial, const char *name)
{
    for (size_t i = 0; i < trial->variant->fault_count; i++) {
        const struct fault_node *fault = &trial->variant->faults[i];
        if (strcmp(fault->name, name) != 0)
            continue;
        const char *when = fault->when != NULL ? node_print(trial->arena, fault->when) : NULL;
        const char *action = node_print(trial->arena, fault->action);
        trial->asked = (struct passage){
            fault->mark, when != NULL
                             ? trial_text(trial, "%s: {do: %s, when: %s}", name, action, when)
                             : trial_text(trial, "%s: {do: %s}", name, action)};
    }
}

void trial_asks_step(struct trial *trial, int number)
{
    for (size_t i = 0; i < trial->variant->step_count; i++)
        if (trial->variant->steps[i].number == number)
            trial->asked =
                (struct passage){trial->variant->steps[i].mark, trial->variant->steps[i].source};
}

void trial_fail(struct trial *trial, const char *actor, const char *code, const char *field,
                char *expected, char *observed)
{
    const struct step *step = trial->step;
    if (trial->verdict == VERDICT_FAIL)
        return;
    if (actor == NULL)
        actor = step != NULL ? step->actor : "harness";
    char *said = trial_text(trial, "%s: expected %s, observed %s", field, expected, observed);
    trial_event(trial, "check", actor, trial_text(trial, "%s: NOT MET", said),
                json_pack("{s:s, s:s, s:s, s:b}", "field", field, "expected", expected, "observed",
                          observed, "met", false));
    trial->verdict = VERDICT_FAIL;
    trial->failure =
        (struct failure){code, step, passage_now(trial), actor, field, expected, observed};
    trial->reason = step != NULL ? trial_text(trial, "step %d: %s", step->number, said) : said;
}

void trial_broken(struct trial *trial, const char *format, ...)
{
    char text[512];
    va_list arguments;
    if (trial->verdict != VERDICT_PASS)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    trial->verdict = VERDICT_BROKEN;
    trial->reason = trial_text(trial, "%s", text);
    trial->failure = (struct failure){
        .code = "broken", .step = trial->step, .passage = passage_now(trial), .actor = "harness"};
    trial_event(trial, "note", "harness", trial_text(trial, "broken: %s", text), NULL);
}

/* --- begin and end ------------------------------------------------------------------------ */

/* True when the node, or one below it, is one of the words. */
static bool speaks_of(const struct node *node, const char *const *words)
{
    bool found = false;
    for (size_t i = 0; node != NULL && words[i] != NULL; i++)
        found = found || node_is(node, words[i]);
    for (const struct node *one = node != NULL ? node->first : NULL; one != NULL && !found;
         one = one->next)
        found = speaks_of(one, words);
    return found;
}

static bool names_any(const struct variant *variant, const char *const *words)
{
    bool found = false;
    for (size_t i = 0; i < variant->step_count && !found; i++) {
        for (int p = 0; p < PARAM_MAX && !found; p++)
            found = speaks_of(variant->steps[i].param[p], words);
        for (int e = 0; e < EXPECT_COUNT && !found; e++)
            found = speaks_of(variant->steps[i].expect[e], words);
    }
    for (size_t i = 0; i < variant->fault_count && !found; i++)
        found = speaks_of(variant->faults[i].action, words) ||
                speaks_of(variant->faults[i].when, words);
    return found;
}

static bool names_reset(const struct variant *variant)
{
    static const char *const words[] = {
        "rst",   "RST",   "ECONNRESET", "ECONNREFUSED",   "EPIPE", "ECONNABORTED",
        "reset", "ABORT", "SCTP_ABORT", "SCTP_COMM_LOST", NULL};
    return names_any(variant, words);
}

/* A second address of the hosts is there only for who asks: it would be in every association. */
static bool names_second(const struct variant *variant)
{
    static const char *const words[] = {"client-second", "server-second", NULL};
    return names_any(variant, words);
}

static bool arms_loss(const struct variant *variant)
{
    bool found = false;
    for (size_t i = 0; i < variant->fault_count; i++)
        found = found || (variant->faults[i].wire != NULL &&
                          wire_action_loses(wire_action_find(variant->faults[i].action->text)));
    return found;
}

/* A block of ports of its own for the case, so that late packets of an earlier one are no business
   of it. */
static void next_block(struct trial *trial)
{
    struct stage *stage = trial->stage;
    /* On loopback the kernel chooses the clients' ports from a range that is not ours. */
    trial->ports = PORTS_PER_CASE + (stage->on_wire ? (unsigned)trial->variant->file->clients : 0);
    if (stage->next_port + trial->ports > stage->last_port)
        stage->next_port = stage->first_port;
    trial->port = stage->next_port;
    trial->server_port =
        trial->variant->file->port > 0 ? (unsigned)trial->variant->file->port : trial->port;
    stage->next_port += trial->ports;
}

/* On loopback the machine's own programs, and connections that wait out TIME_WAIT, may hold a port.
 */
static bool port_free(struct trial *trial, int type)
{
    struct node server = {
        .kind = NODE_SCALAR, .plain = true, .text = (char *)"server", .length = 6};
    struct sockaddr_storage address;
    socklen_t size = endpoint_resolve(trial, &server, &address);
    int fd = socket(address.ss_family, type | SOCK_CLOEXEC, 0);
    bool is_free = fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0;
    if (fd >= 0)
        close(fd);
    return is_free;
}

static void take_ports(struct trial *trial)
{
    enum { TRIES = 100 };
    struct stage *stage = trial->stage;
    int tries = 0;
    do
        next_block(trial);
    while (!stage->on_wire && tries++ < TRIES &&
           !(port_free(trial, SOCK_STREAM) && port_free(trial, SOCK_DGRAM)));
    if (stage->on_wire &&
        hosts_ports(&stage->hosts, trial->port + 1, trial->port + trial->ports - 1) < 0)
        trial_broken(trial, "the hosts' port range could not be set: %s", strerror(errno));
}

static void begin(struct trial *trial, struct report *report)
{
    trial->arena = arena_new();
    trial->errors = json_array();
    for (int i = 0; i < OPEN_MAX; i++)
        trial->open[i].slot = -1;
    trial->rst_named =
        names_reset(trial->variant) || trial->variant->file->subject == SUBJECT_PROGRAM;
    log_begin(&trial->log, report, trial->variant->id);
    take_ports(trial);
    traffic_begin(trial);
}

/* SCTP in UDP, at the registered port (RFC 6951), for who speaks of it. */
static void encapsulate(struct trial *trial)
{
    static const char *const words[] = {"SCTP_REMOTE_UDP_ENCAPS_PORT", NULL};
    bool wanted = names_any(trial->variant, words);
    trial->stage->cast.udp_port = wanted ? ENCAPSULATION_PORT : 0;
}

static void second(struct trial *trial, bool on)
{
    struct stage *stage = trial->stage;
    bool wanted = on ? names_second(trial->variant) : trial->second;
    if (!stage->on_wire || !wanted)
        return;
    if (hosts_second(&stage->hosts, on) < 0)
        trial_broken(trial, "the hosts' second addresses could not be %s: %s",
                     on ? "added" : "taken away", strerror(errno));
    else if (on) /* who leaves a group does not say so */
        wire_await_reports(stage->wire);
    trial->second = on;
}

static void lossy(struct trial *trial, bool on)
{
    struct stage *stage = trial->stage;
    char why[256];
    if (!stage->on_wire || !arms_loss(trial->variant))
        return;
    if (stage->stack->recovery > 0) /* the profile does not reach its timers: they get their time */
        stage->slow_factor *= on ? stage->stack->recovery : 1.0 / stage->stack->recovery;
    if (hosts_lossy(&stage->hosts, &stage->profile, on, why, sizeof why) < 0)
        trial_broken(trial, "%s", why);
}

static void unknown_citations(struct trial *trial)
{
    const struct casefile *file = trial->variant->file;
    for (size_t i = 0; i < file->cite_count; i++)
        if (!file->cites[i].known) {
            trial->asked = (struct passage){file->cites[i].mark, file->cites[i].id};
            trial_broken(
                trial,
                "the citation '%s' is not in the catalogue: the case proves nothing about it",
                file->cites[i].id);
        }
}

static void run_steps(struct trial *trial)
{
    const struct variant *variant = trial->variant;
    for (size_t i = 0; i < variant->step_count && trial_good(trial) && !trial->over; i++) {
        trial->reached = variant->steps[i].number;
        step_run(trial, &variant->steps[i]);
        judge_notice_signals(trial, &variant->steps[i]);
    }
    if (trial_good(trial))
        examine_settled(trial);
    runprogram_pardon(trial);
    trial->step = NULL;
    runprogram_account(trial);
    runprogram_unseen(trial);
    if (trial->stage->recording)
        runprogram_reached(trial);
    if (trial_good(trial))
        judge_end(trial);
}

/* True when the case is about packets or messages: one more that is lost changes what it says. A
   stream must arrive whole over any network. */
static bool counts_packets(const struct variant *variant)
{
    bool counts = variant->file->transport != TRANSPORT_TCP || variant->fault_count > 0 ||
                  variant->never != NULL;
    for (size_t i = 0; i < variant->step_count && !counts; i++)
        counts = variant->steps[i].verb->side == SIDE_WIRE;
    return counts;
}

/* A packet that the harness itself lost is no finding about anybody. */
static void check_wire(struct trial *trial, unsigned lost_before)
{
    unsigned lost = trial->stage->on_wire ? wire_lost(trial->stage->wire) : 0;
    if (lost == lost_before)
        return;
    trial_event(trial, "note", "wire",
                trial_text(trial, "the wire was overrun and lost %u packets", lost - lost_before),
                NULL);
    if (counts_packets(trial->variant) || !trial_good(trial)) {
        trial->verdict = VERDICT_PASS;
        trial->failure.code = NULL;
        trial_broken(trial, "the wire lost %u packets that no fault asked for", lost - lost_before);
    }
}

static void capture(struct trial *trial, json_t *result)
{
    struct stage *stage = trial->stage;
    bool wanted =
        stage->capture || trial->verdict == VERDICT_FAIL || trial->verdict == VERDICT_BROKEN;
    char name[512];
    if (!wanted || trial->frames == NULL || stage->report_folder == NULL)
        return;
    capture_name(name, sizeof name, trial->variant->id, stage->stack->name);
    if (traffic_save(trial, trial_text(trial, "%s/%s", stage->report_folder, name)) == 0)
        json_object_set_new(result, "capture", json_string(name));
    else
        trial_event(trial, "note", "harness",
                    trial_text(trial, "the capture could not be written: %s", strerror(errno)),
                    NULL);
}

/* --- the result line ------------------------------------------------------------------------ */

/* The programs that a fault is about: the actor's whose call it is, of the wire all. */
static json_t *programs_json(struct trial *trial, const struct fault_node *fault)
{
    json_t *list = json_array();
    for (enum side side = SIDE_CLIENT; fault->by == NULL && side < SIDE_COUNT; side++) {
        const char *name = runprogram_name(trial, side_name(side));
        if (name != NULL)
            json_array_append_new(list, json_string(name));
    }
    const char *name = fault->by != NULL ? runprogram_name(trial, fault->by->text) : NULL;
    if (name != NULL)
        json_array_append_new(list, json_string(name));
    return list;
}

/* "errno EINTR", "cap 1", "drop" */
static const char *action_text(struct trial *trial, const struct node *action)
{
    const struct node *inside = action->kind == NODE_MAP ? action->first : NULL;
    return inside != NULL ? trial_text(trial, "%s %s", inside->key, inside->text) : action->text;
}

static json_t *faults_json(struct trial *trial)
{
    const struct plan *plan = &trial->stage->shared->plan;
    json_t *list = json_array();
    for (size_t i = 0; i < plan->count; i++) {
        const struct fault_node *node = &trial->variant->faults[i];
        const char *at = node->call != NULL ? node->call->text : "wire";
        json_array_append_new(list,
                              json_pack("{s:s, s:I, s:s, s:s, s:o}", "name", plan->fault[i].name,
                                        "fired", (json_int_t)atomic_load(&plan->fault[i].fired),
                                        "at", at, "does", action_text(trial, node->action),
                                        "programs", programs_json(trial, node)));
    }
    return list;
}

static json_t *requirements_json(const struct trial *trial)
{
    const struct casefile *file = trial->variant->file;
    json_t *list = json_array();
    for (size_t i = 0; i < file->cite_count; i++) {
        const struct requirement *one = catalogue_find(trial->stage->catalogue, file->cites[i].id);
        if (one != NULL)
            json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "id", one->id, "level",
                                                  one->level, "section", one->section, "summary",
                                                  one->summary));
    }
    return list;
}

/* The steps behind the last one that was begun: nothing is known about what they say. */
static json_t *not_run_json(const struct trial *trial)
{
    json_t *list = json_array();
    for (size_t i = 0; i < trial->variant->step_count; i++) {
        const struct step *step = &trial->variant->steps[i];
        if (step->number > trial->reached)
            json_array_append_new(list, json_pack("{s:i, s:i, s:s}", "step", step->number, "line",
                                                  step->mark.line, "source", step->source));
    }
    return list;
}

static json_t *failure_json(const struct trial *trial)
{
    const struct failure *failure = &trial->failure;
    if (failure->code == NULL)
        return json_null();
    json_t *json = json_pack("{s:s, s:s, s:i, s:i, s:i, s:s, s:s, s:o, s:o}", "code", failure->code,
                             "file", trial->variant->file->path, "line", failure->passage.mark.line,
                             "column", failure->passage.mark.column, "step",
                             failure->step != NULL ? failure->step->number : 0, "source",
                             failure->passage.source, "actor", failure->actor, "requirements",
                             requirements_json(trial), "not_run", not_run_json(trial));
    if (failure->field != NULL) {
        json_object_set_new(json, "field", json_string(failure->field));
        json_object_set_new(json, "expected", json_string(failure->expected));
        json_object_set_new(json, "observed", json_string(failure->observed));
    }
    return json;
}

static json_t *result_json(struct trial *trial, int repeat)
{
    bool messages = trial->variant->file->transport != TRANSPORT_TCP;
    json_t *result = json_object();
    json_object_set_new(result, "repeat", json_integer(repeat));
    json_object_set_new(result, "verdict", json_string(verdict_name(trial->verdict)));
    json_object_set_new(result, "reason", json_string(trial->reason != NULL ? trial->reason : ""));
    json_object_set_new(
        result, "duration_us",
        json_integer((json_int_t)(log_now_us(&trial->log) - trial->log.skipped_us)));
    json_object_set_new(result, "faults", faults_json(trial));
    json_object_set_new(result, "delivery", ledger_delivery(trial->stage->ledger, messages));
    json_object_set_new(result, "ordering", ledger_ordering(trial->stage->ledger, messages));
    json_object_set(result, "errors", trial->errors);
    json_object_set_new(result, "failure", failure_json(trial));
    json_object_set_new(result, "capture", json_null());
    return result;
}

json_t *trial_run(struct stage *stage, const struct variant *variant, struct report *report,
                  int repeat)
{
    struct trial trial = {.stage = stage, .variant = variant, .verdict = VERDICT_PASS};
    unsigned lost = stage->on_wire ? wire_lost(stage->wire) : 0;
    begin(&trial, report);
    unknown_citations(&trial);
    lossy(&trial, true);
    second(&trial, true);
    encapsulate(&trial);
    if (trial_good(&trial) && arm_plan(&trial) && setup_make(&trial) && examine_settled(&trial) &&
        arm_on(&trial))
        run_steps(&trial);
    arm_off(&trial);
    check_wire(&trial, lost);
    json_t *result = result_json(&trial, repeat);
    capture(&trial, result);
    traffic_end(); /* what the clean-up puts on the wire is no part of the case */
    setup_clean(&trial);
    lossy(&trial, false);
    second(&trial, false);
    json_decref(trial.errors);
    arena_free(trial.arena);
    return result;
}
