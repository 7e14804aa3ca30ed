/* SPDX-License-Identifier: MIT */
#include "actor/parcel.h"

#include "actor/layout.h"
#include "actor/meaning.h"
#include "base/amount.h"

#include <string.h>
#include <sys/param.h>

/* Of room for what comes out no more is sent along than a call may find something in. */
enum { ROOM_ASKED = 4096 };

/* What is added to a call is coded here too, unless it is of programs, which relays do not run. */
_Static_assert(sizeof(void *) != 8 || sizeof(struct call) == 1456, "another call");

static void code_piece(const struct coder *coder, struct piece *piece)
{
    CODE(coder, piece->offset);
    CODE(coder, piece->size);
}

/* An address: only as much of it as there is. */
static void code_address(const struct coder *coder, struct sockaddr_storage *address,
                         socklen_t *size)
{
    CODE(coder, *size);
    if (*size > sizeof *address)
        *size = sizeof *address;
    layout_address(coder, address, *size, *size);
}

/* --- members -----------------------------------------------------------------------------------
 */

static void code_question(const struct coder *coder, struct call *call)
{
    CODE(coder, call->verb);
    if (call->verb >= VERB_COUNT) {
        coder_refuse(coder);
        return;
    }
    CODE(coder, call->step);
    CODE(coder, call->fd);
    CODE(coder, call->datagram);
    CODE(coder, call->started);
    CODE_CONSTANT(coder, GROUP_RLIMIT, call->limit_resource);
    CODE(coder, call->limit_value);
    CODE(coder, call->without);
    CODE_FLAGS(coder, GROUP_MSG, call->asked);
    CODE(coder, call->size_count);
    CODE(coder, call->made.key);
    CODE(coder, call->made.position);
    CODE(coder, call->each);
    struct piece *pieces[] = {&call->gathered, &call->crafted_to, &call->out,    &call->out2,
                              &call->sizes,    &call->fds,        &call->results};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        code_piece(coder, pieces[i]);
    for (size_t i = 0; i < MEANING_ARGUMENTS; i++) {
        meaning_number(coder, call, i);
        code_piece(coder, &meaning_argument(call, i)->piece);
    }
}

static void code_firings(const struct coder *coder, struct call *call)
{
    CODE(coder, call->firing_count);
    for (uint32_t i = 0; i < MIN(call->firing_count, FIRING_MAX); i++) {
        CODE(coder, call->firing[i].fault);
        CODE(coder, call->firing[i].ordinal);
        if (call->firing[i].fault >= FAULT_MAX)
            call->firing[i].fault = 0;
    }
}

static void code_told(const struct coder *coder, struct sctp_receive *told)
{
    CODE(coder, told->told);
    CODE(coder, told->unordered);
    CODE(coder, told->stream);
    CODE(coder, told->ssn);
    CODE(coder, told->ppid);
    CODE(coder, told->tsn);
    CODE(coder, told->context);
    CODE(coder, told->assoc);
}

static void code_answer(const struct coder *coder, struct call *call)
{
    meaning_answer(coder, call);
    CODE_CONSTANT(coder, GROUP_ERRNO, call->error);
    CODE(coder, call->size);
    CODE(coder, call->size2);
    CODE(coder, call->size_count);
    CODE(coder, call->agreed);
    CODE(coder, call->odd);
    CODE(coder, call->calls);
    CODE(coder, call->began_ns);
    CODE(coder, call->ended_ns);
    CODE(coder, call->beyond);
    CODE(coder, call->injected);
    CODE_CONSTANT(coder, GROUP_ERRNO, call->lacked);
    coder_bytes(coder, call->point, sizeof call->point);
    call->point[sizeof call->point - 1] = '\0';
    code_told(coder, &call->told);
    code_address(coder, &call->from, &call->from_size);
    code_address(coder, &call->local, &call->local_size);
    code_firings(coder, call);
}

/* --- data --------------------------------------------------------------------------------------
 */

/* What lies in a piece: so many bytes where there is room for so many. On many sockets the bytes of
   the first argument, and room, are for each of them. */
struct lot {
    struct piece *piece;
    enum laid laid;
    uint64_t size, room;
};

/* Bytes without the zeros at their end, of which much room consists. */
static void code_bytes(const struct coder *coder, uint8_t *bytes, const struct lot *lot)
{
    uint64_t size = lot->size;
    while (coder->frame != NULL && size > 0 && bytes[size - 1] == 0)
        size--;
    CODE(coder, size);
    if (size > lot->size) {
        coder_refuse(coder); /* of what was packed here it is not so */
        return;
    }
    coder_bytes(coder, bytes, size);
    if (coder->frame == NULL)
        memset(bytes + size, 0, lot->size - size);
}

/* One a socket, however long one is here. */
static void code_results(const struct coder *coder, struct each_result *results, uint64_t count,
                         uint64_t room)
{
    if (count > room / sizeof *results) {
        coder_refuse(coder);
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        CODE(coder, results[i].result);
        CODE_CONSTANT(coder, GROUP_ERRNO, results[i].error);
        CODE(coder, results[i].size);
        code_address(coder, &results[i].from, &results[i].from_size);
        code_address(coder, &results[i].local, &results[i].local_size);
    }
}

/* Returns how many bytes there are here. What is on no side is not coded. */
static size_t code_lot(const struct coder *coder, struct shared *shared, const struct call *call,
                       const struct lot *lot)
{
    uint8_t *bytes = shared_at(shared, *lot->piece);
    size_t size = lot->size, room = lot->room;
    if (bytes == NULL)
        return 0;
    switch (lot->laid) {
    case LAID_BYTES:
        code_bytes(coder, bytes, lot);
        break;
    case LAID_ADDRESS:
        size = layout_address(coder, bytes, size, room);
        break;
    case LAID_OPTION:
        size = layout_option(coder, call->in.option.name.number, bytes, size, room);
        break;
    case LAID_CONTROL:
        size = layout_control(coder, bytes, size, room);
        break;
    case LAID_NARROW:
        layout_narrow(coder, bytes, size, room);
        break;
    case LAID_WIDE:
        layout_wide(coder, bytes, size, room);
        break;
    case LAID_REQUEST:
        layout_request(coder, call->in.option.request.number, bytes, room);
        break;
    case LAID_EVENTS:
        size = layout_events(coder, bytes, size, room);
        break;
    case LAID_RESULTS:
        code_results(coder, (struct each_result *)bytes, call->each, room);
        break;
    }
    return size;
}

static struct lot lot_of(struct piece *piece, enum laid laid, uint64_t times)
{
    uint64_t size = amount_times(piece->size, times);
    return (struct lot){piece, laid, size, size};
}

static bool is_each(struct call *call, const struct argument *argument)
{
    const struct verb *verb = verb_get(call->verb);
    bool moves = verb->param_count > 0 &&
                 (verb->params[0].type == TYPE_BYTES || verb->params[0].type == TYPE_CONTENT);
    return call->each > 0 && moves && argument == verb_argument(&call->in, call->verb, 0);
}

/* All pieces that a call is given. The buffers of a list lie in gathered. */
enum { GIVEN_MAX = MEANING_ARGUMENTS + 4 };
static size_t given(struct call *call, struct lot lots[GIVEN_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < MEANING_ARGUMENTS; i++) {
        struct argument *in = meaning_argument(call, i);
        lots[count++] =
            lot_of(&in->piece, meaning_given(call, i), is_each(call, in) ? call->each : 1);
    }
    lots[count++] = lot_of(&call->gathered, LAID_BYTES, 1);
    lots[count++] = lot_of(&call->crafted_to, LAID_ADDRESS, 1);
    lots[count++] = lot_of(&call->sizes, LAID_WIDE, 1);
    lots[count++] = lot_of(&call->fds, LAID_NARROW, 1);
    return count;
}

/* All that comes out of one. */
enum { GIVES_MAX = 3 };
static void gives(struct call *call, struct lot lots[GIVES_MAX])
{
    lots[0] = lot_of(&call->out, meaning_out(call), call->each > 0 ? call->each : 1);
    lots[1] = lot_of(&call->out2, meaning_out2(call), 1);
    lots[2] = lot_of(&call->results, LAID_RESULTS, 1);
}

/* A piece is as long as what lies in it is here. */
static void code_given(const struct coder *coder, struct shared *shared, struct call *call)
{
    struct lot lots[GIVEN_MAX];
    size_t count = given(call, lots);
    for (size_t i = 0; i < count; i++) {
        size_t size = code_lot(coder, shared, call, &lots[i]);
        bool laid = lots[i].laid == LAID_ADDRESS || lots[i].laid == LAID_OPTION ||
                    lots[i].laid == LAID_CONTROL;
        if (coder->frame == NULL && laid)
            lots[i].piece->size = size;
    }
    enum laid asks = meaning_out(call); /* of these two a call may read there what it is asked */
    if ((asks == LAID_OPTION || asks == LAID_REQUEST) && call->out.size <= ROOM_ASKED) {
        struct lot asked = lot_of(&call->out, asks, 1);
        size_t size = code_lot(coder, shared, call, &asked);
        if (coder->frame == NULL && asks == LAID_OPTION)
            call->out.size = size;
    }
}

void parcel_ask(struct frame_out *frame, struct shared *shared, int slot)
{
    const struct coder coder = {.frame = frame};
    struct call *call = &shared->slot[slot];
    code_question(&coder, call);
    code_given(&coder, shared, call);
}

static bool room_for(struct shared *shared, const struct lot *lots, size_t count)
{
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = lots[i].piece->offset == 0 ||
               shared_take(shared, (struct piece){lots[i].piece->offset, lots[i].room});
    return good;
}

bool parcel_asked(struct opened *opened, struct shared *shared, int slot)
{
    const struct coder coder = {.opened = opened};
    struct call *call = &shared->slot[slot];
    struct lot in[GIVEN_MAX], out[GIVES_MAX];
    memset(call, 0, sizeof *call);
    code_question(&coder, call);
    if (!opened->good)
        return false;
    size_t count = given(call, in);
    gives(call, out);
    if (!room_for(shared, in, count) || !room_for(shared, out, GIVES_MAX))
        return false;
    code_given(&coder, shared, call);
    return opened->good;
}

/* What comes back of room: all of a little, and of much what was filled. A window of a long pattern
   stays where it was looked at. */
static void filled(struct call *call, struct lot lots[GIVES_MAX])
{
    gives(call, lots);
    if (call->made.key != 0)
        lots[0].size = lots[1].size = 0;
    else if (lots[0].laid != LAID_BYTES)
        lots[0].size =
            lots[0].laid == LAID_OPTION || lots[0].laid == LAID_EVENTS ? call->size : lots[0].room;
    else if (call->each == 0 && lots[0].size > ROOM_ASKED)
        lots[0].size = MIN(lots[0].size, MAX(call->size, ROOM_ASKED));
    if (lots[1].laid == LAID_CONTROL) {
        lots[1].size = call->size2;
        lots[1].room = lots[1].room * CONTROL_GROWS;
    }
}

static void code_given_back(const struct coder *coder, struct shared *shared, struct call *call)
{
    struct lot lots[GIVES_MAX];
    filled(call, lots);
    for (size_t i = 0; i < GIVES_MAX; i++) {
        size_t size = code_lot(coder, shared, call, &lots[i]);
        if (coder->frame != NULL || lots[i].piece->offset == 0)
            continue;
        if (lots[i].laid == LAID_OPTION || lots[i].laid == LAID_EVENTS)
            call->size = size;
        else if (lots[i].laid == LAID_CONTROL)
            call->size2 = size;
    }
}

void parcel_answer(struct frame_out *frame, struct shared *shared, int slot)
{
    const struct coder coder = {.frame = frame};
    struct call *call = &shared->slot[slot];
    frame_number(frame, call->sizes.offset != 0 && call->sizes.offset == call->out2.offset);
    code_answer(&coder, call);
    code_given_back(&coder, shared, call);
}

/* Nobody looks behind what there was room for. How much there is of what is laid out otherwise here
   is found out with it. */
static bool stays_within(const struct call *call)
{
    uint64_t entry = meaning_out2(call) == LAID_WIDE ? sizeof(uint64_t) : 1;
    bool laid = meaning_out(call) == LAID_OPTION || meaning_out(call) == LAID_EVENTS;
    bool data = laid || call->made.key != 0 || call->each > 0 || call->size <= call->out.size ||
                call->out.offset == 0;
    bool beside = meaning_out2(call) == LAID_CONTROL || call->out2.offset == 0 ||
                  call->size2 <= call->out2.size / entry;
    bool sizes = call->sizes.offset == 0 || call->size_count <= call->sizes.size / sizeof(uint64_t);
    return data && beside && sizes;
}

bool parcel_answered(struct opened *opened, struct shared *shared, int slot)
{
    const struct coder coder = {.opened = opened};
    struct call *call = &shared->slot[slot];
    if (opened_number(opened) != 0) /* what several messages brought has its sizes there */
        call->sizes = call->out2;
    code_answer(&coder, call);
    if (!opened->good || !stays_within(call))
        return false;
    code_given_back(&coder, shared, call);
    return opened->good;
}

/* --- plans -------------------------------------------------------------------------------------
 */

static void code_fault(const struct coder *coder, struct fault *fault)
{
    uint64_t probability = 0;
    coder_bytes(coder, fault->name, sizeof fault->name);
    coder_bytes(coder, fault->by, sizeof fault->by);
    fault->name[sizeof fault->name - 1] = fault->by[sizeof fault->by - 1] = '\0';
    CODE(coder, fault->points);
    CODE(coder, fault->action);
    if (call_action_argument(fault->action) == ARGUMENT_ERRNO)
        CODE_CONSTANT(coder, GROUP_ERRNO, fault->argument);
    else
        CODE(coder, fault->argument);
    CODE(coder, fault->after);
    CODE(coder, fault->trigger.kind);
    CODE(coder, fault->trigger.n);
    CODE(coder, fault->trigger.once);
    memcpy(&probability, &fault->trigger.probability, sizeof probability);
    CODE(coder, probability);
    memcpy(&fault->trigger.probability, &probability, sizeof probability);
}

void parcel_plan(struct frame_out *frame, const struct plan *plan)
{
    const struct coder coder = {.frame = frame};
    frame_number(frame, plan->seed);
    frame_number(frame, plan->count);
    for (size_t i = 0; i < plan->count; i++) {
        struct fault fault = plan->fault[i];
        code_fault(&coder, &fault);
    }
}

bool parcel_planned(struct opened *opened, struct plan *plan)
{
    const struct coder coder = {.opened = opened};
    memset(plan, 0, sizeof *plan);
    plan->seed = opened_number(opened);
    plan->count = opened_number(opened);
    if (plan->count > FAULT_MAX)
        return false;
    for (size_t i = 0; i < plan->count; i++)
        code_fault(&coder, &plan->fault[i]);
    return opened->good;
}
