#include "run/asleep.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Reads a small file of /proc whole into text. False when it is not there. */
static bool slurp(pid_t pid, pid_t tid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/%s", pid, tid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got = read(fd, text, size - 1);
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

static bool sleeping(pid_t pid, pid_t tid)
{
    char text[512];
    if (!slurp(pid, tid, "stat", text, sizeof text))
        return false;
    const char *after_name = strrchr(text, ')'); /* the name may hold anything, ')' too */
    return after_name != NULL && after_name[1] == ' ' && after_name[2] == 'S';
}

/* poll takes no descriptor as its first argument; its own is looked at by nobody else. */
static bool on_descriptor(long number)
{
    return number != SYS_poll && number != SYS_ppoll;
}

static bool serves(enum verb_id verb, long number)
{
    bool receives = number == SYS_recvfrom || number == SYS_recvmsg;
    bool sends = number == SYS_sendto || number == SYS_sendmsg;
    bool accepts = number == SYS_accept || number == SYS_accept4;
    bool yes = false;
    switch (verb) {
    case VERB_recv:
    case VERB_recvfrom:
    case VERB_recvmsg:
    case VERB_recv_all:
    case VERB_recv_until:
    case VERB_recv_each:
        yes = receives;
        break;
    case VERB_send:
    case VERB_sendto:
    case VERB_sendmsg:
    case VERB_send_all:
    case VERB_send_each:
    case VERB_fill:
        yes = sends;
        break;
    case VERB_accept:
    case VERB_accept4:
        yes = accepts;
        break;
    case VERB_connect:
        yes = number == SYS_connect;
        break;
    case VERB_close:
        yes = number == SYS_close;
        break;
    case VERB_shutdown:
        yes = number == SYS_shutdown;
        break;
    case VERB_poll:
        yes = number == SYS_poll || number == SYS_ppoll;
        break;
    default:
        break; /* no other call of this build sleeps */
    }
    return yes;
}

bool asleep(pid_t pid, pid_t tid, enum verb_id verb, int fd)
{
    char text[256];
    char *end = NULL;
    if (tid == 0 || !sleeping(pid, tid) || !slurp(pid, tid, "syscall", text, sizeof text))
        return false;
    long number = strtol(text, &end, 10);
    if (end == text || !serves(verb, number))
        return false;
    return !on_descriptor(number) || strtol(end, NULL, 16) == fd;
}
