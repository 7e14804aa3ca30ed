/* SPDX-License-Identifier: MIT */
/*
 * The sockets of usrsctp in this process, by descriptor. Any thread.
 */
#ifndef SOCKPROOF_STACK_USRSCTP_SOCKET_H
#define SOCKPROOF_STACK_USRSCTP_SOCKET_H

#include <poll.h>
#include <sys/select.h>

struct socket; /* usrsctp's */

/* A descriptor for socket, which it owns from now on. -1 with errno (and the socket closed) when
   there is none. NULL, errno set by its maker, is passed on as -1. */
int usrsctp_socket_add(struct socket *socket);
/* The socket of a descriptor. NULL with errno EBADF when it is not open, ENOTSOCK when it is not
   one of ours. */
struct socket *usrsctp_socket_get(int fd);
/* Closes both. 0, or -1 with errno EBADF. */
int usrsctp_socket_close(int fd);
/* poll(2) on such descriptors; the time-out is virtual. */
int usrsctp_socket_poll(struct pollfd *fds, nfds_t count, int timeout_ms);

#endif
