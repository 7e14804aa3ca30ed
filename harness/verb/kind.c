#include "verb/kind.h"

#include <stddef.h>

static bool stands_in(enum verb_id verb, const enum verb_id *list, size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
        found = list[i] == verb;
    return found;
}

bool kind_sends(enum verb_id verb)
{
    static const enum verb_id list[] = {VERB_send,      VERB_sendto,      VERB_sendmsg,
                                        VERB_write,     VERB_writev,      VERB_send_all,
                                        VERB_send_each, VERB_fill,        VERB_sendmmsg,
                                        VERB_sendfile,  VERB_splice_send, VERB_sctp_sendv};
    return stands_in(verb, list, sizeof list / sizeof *list);
}

bool kind_receives(enum verb_id verb)
{
    static const enum verb_id list[] = {VERB_recv,        VERB_recvfrom,  VERB_recvmsg,
                                        VERB_read,        VERB_readv,     VERB_recv_all,
                                        VERB_recv_until,  VERB_recv_each, VERB_recvmmsg,
                                        VERB_splice_recv, VERB_sctp_recvv};
    return stands_in(verb, list, sizeof list / sizeof *list);
}

bool kind_makes_descriptor(enum verb_id verb)
{
    static const enum verb_id list[] = {VERB_socket, VERB_accept,        VERB_accept4,
                                        VERB_dup,    VERB_epoll_create1, VERB_sctp_peeloff};
    return stands_in(verb, list, sizeof list / sizeof *list);
}

bool kind_gathers(enum verb_id verb)
{
    return verb == VERB_sendmsg || verb == VERB_writev || verb == VERB_sendmmsg;
}
