/* SPDX-License-Identifier: MIT */
#include "actor/parcel.h"

#include <string.h>
#include <sys/param.h>

/* Every list of members stands once: packing reads them, unpacking fills them in. */
struct coder {
    struct frame_out *frame; /* packing; else NULL */
    struct opened *opened;   /* unpacking */
};

/* Of room for what comes out no more is sent along than a call may find something in. */
enum { ROOM_ASKED = 4096 };

_Static_assert(sizeof(union verb_in) % sizeof(struct argument) == 0, "arguments and nothing else");
enum { ARGUMENTS = sizeof(union verb_in) / sizeof(struct argument) };

/* What is added to a call is coded here too, unless it is of programs, which relays do not run. */
_Static_assert(sizeof(void *) != 8 || sizeof(struct call) == 1456, "another call");

static uint64_t code(const struct coder *coder, uint64_t number)
{
    if (coder->frame == NULL)
        return opened_number(coder->opened);
    frame_number(coder->frame, number);
    return number;
}

#define CODE(coder, place) ((place) = (__typeof__(place))code(coder, (uint64_t)(place)))

static void code_bytes(const struct coder *coder, void *bytes, size_t size)
{
    if (coder->frame != NULL) {
        frame_bytes(coder->frame, bytes, size);
        return;
    }
    const void *from = opened_bytes(coder->opened, size);
    if (from != NULL && size > 0) /* of nothing there may be no place */
        memcpy(bytes, from, size);
}

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
    code_bytes(coder, address, *size);
}

/* --- members -----------------------------------------------------------------------------------
 */

static void code_question(const struct coder *coder, struct call *call)
{
    CODE(coder, call->verb);
    CODE(coder, call->step);
    CODE(coder, call->fd);
    CODE(coder, call->datagram);
    CODE(coder, call->started);
    CODE(coder, call->limit_resource);
    CODE(coder, call->limit_value);
    CODE(coder, call->without);
    CODE(coder, call->asked);
    CODE(coder, call->size_count);
    CODE(coder, call->made.key);
    CODE(coder, call->made.position);
    CODE(coder, call->each);
    struct piece *pieces[] = {&call->gathered, &call->crafted_to, &call->out,    &call->out2,
                              &call->sizes,    &call->fds,        &call->results};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        code_piece(coder, pieces[i]);
    struct argument *in = (struct argument *)&call->in;
    for (size_t i = 0; i < ARGUMENTS; i++) {
        CODE(coder, in[i].number);
        code_piece(coder, &in[i].piece);
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

static void code_answer(const struct coder *coder, struct call *call)
{
    CODE(coder, call->result);
    CODE(coder, call->error);
    CODE(coder, call->size);
    CODE(coder, call->size2);
    CODE(coder, call->size_count);
    CODE(coder, call->agreed);
    CODE(coder, call->odd);
    CODE(coder, call->calls);
    CODE(coder, call->flags);
    CODE(coder, call->began_ns);
    CODE(coder, call->ended_ns);
    CODE(coder, call->beyond);
    CODE(coder, call->injected);
    CODE(coder, call->lacked);
    code_bytes(coder, call->point, sizeof call->point);
    call->point[sizeof call->point - 1] = '\0';
    code_bytes(coder, &call->told, sizeof call->told);
    code_address(coder, &call->from, &call->from_size);
    code_address(coder, &call->local, &call->local_size);
    code_firings(coder, call);
}

/* --- data --------------------------------------------------------------------------------------
 */

/* The bytes of a piece without the zeros at their end, of which much room consists. */
static void code_data(const struct coder *coder, struct shared *shared, struct piece piece)
{
    uint8_t *bytes = shared_at(shared, piece);
    uint64_t size = piece.offset != 0 ? piece.size : 0;
    while (coder->frame != NULL && size > 0 && bytes[size - 1] == 0)
        size--;
    CODE(coder, size);
    if (size > piece.size || (size > 0 && piece.offset == 0)) {
        coder->opened->good = false; /* of what was packed here it is not so */
        return;
    }
    code_bytes(coder, bytes, size);
    if (coder->frame == NULL && piece.offset != 0)
        memset(bytes + size, 0, piece.size - size);
}

/* On many sockets the bytes of the first argument, and room, are for each of them. */
static struct piece whole(const struct call *call, struct piece piece)
{
    return (struct piece){piece.offset, call->each > 0 ? piece.size * call->each : piece.size};
}

static bool is_each(struct call *call, const struct argument *argument)
{
    const struct verb *verb = verb_get(call->verb);
    bool moves = verb->param_count > 0 &&
                 (verb->params[0].type == TYPE_BYTES || verb->params[0].type == TYPE_CONTENT);
    return moves && argument == verb_argument(&call->in, call->verb, 0);
}

/* All pieces that a call is given. The buffers of a list lie in gathered. */
enum { GIVEN_MAX = ARGUMENTS + 4 };
static size_t given(struct call *call, struct piece pieces[GIVEN_MAX])
{
    const struct argument *in = (const struct argument *)&call->in;
    const struct piece others[] = {call->gathered, call->crafted_to, call->sizes, call->fds};
    size_t count = 0;
    for (size_t i = 0; i < ARGUMENTS; i++)
        pieces[count++] = is_each(call, &in[i]) ? whole(call, in[i].piece) : in[i].piece;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        pieces[count++] = others[i];
    return count;
}

/* All that comes out of one. */
enum { GIVES_MAX = 3 };
static size_t gives(const struct call *call, struct piece pieces[GIVES_MAX])
{
    pieces[0] = whole(call, call->out);
    pieces[1] = call->out2;
    pieces[2] = call->results;
    return GIVES_MAX;
}

void parcel_ask(struct frame_out *frame, struct shared *shared, int slot)
{
    const struct coder coder = {.frame = frame};
    struct call *call = &shared->slot[slot];
    struct piece pieces[GIVEN_MAX];
    code_question(&coder, call);
    size_t count = given(call, pieces);
    for (size_t i = 0; i < count; i++)
        code_data(&coder, shared, pieces[i]);
    count = gives(call, pieces);
    for (size_t i = 0; i < count; i++)
        if (pieces[i].size <= ROOM_ASKED)
            code_data(&coder, shared, pieces[i]);
}

static bool room_for(struct shared *shared, const struct piece *pieces, size_t count)
{
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = pieces[i].offset == 0 || shared_take(shared, pieces[i]);
    return good;
}

bool parcel_asked(struct opened *opened, struct shared *shared, int slot)
{
    const struct coder coder = {.opened = opened};
    struct call *call = &shared->slot[slot];
    struct piece in[GIVEN_MAX], out[GIVES_MAX];
    memset(call, 0, sizeof *call);
    code_question(&coder, call);
    if (!opened->good || call->verb >= VERB_COUNT)
        return false;
    size_t count = given(call, in), results = gives(call, out);
    if (!room_for(shared, in, count) || !room_for(shared, out, results))
        return false;
    for (size_t i = 0; i < count && opened->good; i++)
        code_data(&coder, shared, in[i]);
    for (size_t i = 0; i < results && opened->good; i++)
        if (out[i].size <= ROOM_ASKED)
            code_data(&coder, shared, out[i]);
    return opened->good;
}

/* What comes back of room: all of a little, and of much what was filled. A window of a long pattern
   stays where it was looked at. */
static size_t filled(const struct call *call, struct piece pieces[GIVES_MAX])
{
    size_t count = gives(call, pieces);
    if (call->made.key != 0)
        pieces[0].size = pieces[1].size = 0;
    else if (call->each == 0 && pieces[0].size > ROOM_ASKED)
        pieces[0].size = MIN(pieces[0].size, MAX(call->size, ROOM_ASKED));
    return count;
}

void parcel_answer(struct frame_out *frame, struct shared *shared, int slot)
{
    const struct coder coder = {.frame = frame};
    struct call *call = &shared->slot[slot];
    struct piece pieces[GIVES_MAX];
    frame_number(frame, call->sizes.offset != 0 && call->sizes.offset == call->out2.offset);
    code_answer(&coder, call);
    size_t count = filled(call, pieces);
    for (size_t i = 0; i < count; i++)
        code_data(&coder, shared, pieces[i]);
}

/* Nobody looks behind what there was room for. */
static bool stays_within(const struct call *call)
{
    bool many = (verb_get(call->verb)->outs & OUT_messages) != 0;
    uint64_t entry = many ? sizeof(uint64_t) : 1;
    bool data = call->made.key != 0 || call->each > 0 || call->size <= call->out.size ||
                call->out.offset == 0;
    bool beside = call->out2.offset == 0 || call->size2 <= call->out2.size / entry;
    bool sizes = call->sizes.offset == 0 || call->size_count <= call->sizes.size / sizeof(uint64_t);
    return data && beside && sizes;
}

bool parcel_answered(struct opened *opened, struct shared *shared, int slot)
{
    const struct coder coder = {.opened = opened};
    struct call *call = &shared->slot[slot];
    struct piece pieces[GIVES_MAX];
    if (opened_number(opened) != 0) /* what several messages brought has its sizes there */
        call->sizes = call->out2;
    code_answer(&coder, call);
    if (!opened->good || !stays_within(call))
        return false;
    size_t count = filled(call, pieces);
    for (size_t i = 0; i < count && opened->good; i++)
        code_data(&coder, shared, pieces[i]);
    return opened->good;
}

/* --- plans -------------------------------------------------------------------------------------
 */

static void code_fault(const struct coder *coder, struct fault *fault)
{
    code_bytes(coder, fault->name, sizeof fault->name);
    code_bytes(coder, fault->by, sizeof fault->by);
    fault->name[sizeof fault->name - 1] = fault->by[sizeof fault->by - 1] = '\0';
    CODE(coder, fault->points);
    CODE(coder, fault->action);
    CODE(coder, fault->argument);
    CODE(coder, fault->after);
    CODE(coder, fault->trigger.kind);
    CODE(coder, fault->trigger.n);
    CODE(coder, fault->trigger.once);
    code_bytes(coder, &fault->trigger.probability, sizeof fault->trigger.probability);
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
