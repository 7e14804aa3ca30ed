#include "trial/unsupported.h"

#include "stack/sctp.h"

#include <netinet/in.h>
#include <string.h>

/* True when the stack has no such call. Loops and what the harness does by itself need those that
   every stack has. */
static bool lacks(const struct stack *stack, enum verb_id verb)
{
    const struct stack_sctp *sctp = stack->sctp;
    switch (verb) {
    case VERB_sendmsg:
        return stack->sendmsg == NULL;
    case VERB_recvmsg:
        return stack->recvmsg == NULL;
    case VERB_accept4:
        return stack->accept4 == NULL;
    case VERB_readv:
        return stack->readv == NULL;
    case VERB_writev:
        return stack->writev == NULL;
    case VERB_ioctl:
        return stack->ioctl == NULL;
    case VERB_dup:
        return stack->dup == NULL;
    case VERB_sockatmark:
        return stack->sockatmark == NULL;
    case VERB_select:
        return stack->select == NULL;
    case VERB_socketpair:
        return stack->socketpair == NULL;
    case VERB_sendmmsg:
        return stack->sendmmsg == NULL;
    case VERB_recvmmsg:
        return stack->recvmmsg == NULL;
    case VERB_sendfile:
        return stack->sendfile == NULL;
    case VERB_splice_send:
    case VERB_splice_recv:
        return stack->splice == NULL;
    case VERB_ppoll:
        return stack->ppoll == NULL;
    case VERB_pselect:
        return stack->pselect == NULL;
    case VERB_epoll_create1:
    case VERB_epoll_ctl:
    case VERB_epoll_wait:
        return stack->epoll_create1 == NULL;
    case VERB_sctp_sendv:
        return sctp == NULL || sctp->sendv == NULL;
    case VERB_sctp_recvv:
        return sctp == NULL || sctp->recvv == NULL;
    case VERB_sctp_peeloff:
        return sctp == NULL || sctp->peeloff == NULL;
    case VERB_sctp_bindx:
        return sctp == NULL || sctp->bindx == NULL;
    case VERB_sctp_connectx:
        return sctp == NULL || sctp->connectx == NULL;
    case VERB_sctp_getpaddrs:
        return sctp == NULL || sctp->getpaddrs == NULL;
    case VERB_sctp_getladdrs:
        return sctp == NULL || sctp->getladdrs == NULL;
    default:
        return false;
    }
}

const char *unsupported_verb(const struct stack *stack, const struct variant *variant)
{
    const char *name = NULL;
    for (size_t i = 0; i < variant->step_count && name == NULL; i++)
        if (lacks(stack, variant->steps[i].verb->id))
            name = variant->steps[i].verb->name;
    return name;
}

static bool knows(const struct stack *stack, const struct node *name)
{
    bool found = stack->names == NULL || name == NULL;
    for (const char *const *one = stack->names; !found && *one != NULL; one++)
        found = node_is(name, *one);
    return found;
}

/* The first flag of a call that the stack does not know, or NULL. */
static const char *strange_flag(const struct stack *stack, const struct node *flags)
{
    const char *found = NULL;
    for (const struct node *one = flags->first; one != NULL && found == NULL; one = one->next)
        if (one->text != NULL && strncmp(one->text, "MSG_", 4) == 0 && !knows(stack, one))
            found = one->text;
    return found;
}

/* What a step names that the stack does not know, or NULL. */
static const char *strange(const struct stack *stack, const struct step *step)
{
    enum verb_id verb = step->verb->id;
    bool names = verb == VERB_getsockopt || verb == VERB_setsockopt || verb == VERB_fcntl ||
                 verb == VERB_ioctl;
    const char *found = NULL;
    if (names && !knows(stack, step->param[0]))
        found = step->param[0]->text;
    for (int i = 0; i < PARAM_MAX && stack->names != NULL && found == NULL; i++) {
        const char *name = step->param[i] != NULL ? step->verb->params[i].name : "";
        if (strcmp(name, "control") == 0)
            found = "control data";
        else if (strcmp(name, "flags") == 0)
            found = strange_flag(stack, step->param[i]);
        else if (strcmp(name, "domain") == 0 && node_is(step->param[i], "AF_PACKET"))
            found = "AF_PACKET";
    }
    return found;
}

const char *unsupported_name(const struct stack *stack, const struct variant *variant)
{
    const char *name = NULL;
    for (size_t i = 0; i < variant->step_count && name == NULL; i++)
        name = strange(stack, &variant->steps[i]);
    return name;
}

const char *unsupported_room(const struct stack *stack, const struct variant *variant)
{
    static const char *const alone[] = {"client", "server", "wire"};
    bool fits = true;
    for (size_t i = 0; i < variant->step_count && stack->own_address && fits; i++) {
        fits = false;
        for (size_t known = 0; known < sizeof alone / sizeof *alone; known++)
            fits = fits || strcmp(variant->steps[i].actor, alone[known]) == 0;
    }
    return fits ? NULL : "one process to a host, and the case needs more";
}

int unsupported_protocol(const struct variant *variant)
{
    static const int protocols[TRANSPORT_COUNT] = {[TRANSPORT_TCP] = IPPROTO_TCP,
                                                   [TRANSPORT_UDP] = IPPROTO_UDP,
                                                   [TRANSPORT_SCTP] = IPPROTO_SCTP,
                                                   [TRANSPORT_RAW] = IPPROTO_RAW,
                                                   [TRANSPORT_ICMP] = IPPROTO_ICMP};
    return protocols[variant->file->transport];
}
