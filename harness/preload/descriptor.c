/* SPDX-License-Identifier: MIT */
#include "preload/descriptor.h"

#include "base/hash.h"
#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Theory of operation. The library closes and opens descriptors without our seeing it (fclose, the
 * resolver), so a row may be out of date. The kernel is asked each time: a row is believed only
 * when its socket has the inode that the descriptor has now. Rows of sockets that are gone unseen
 * stay taken until their number is used again. The child of a vfork has our memory and descriptors
 * of its own: what it closes stays open here.
 */
enum { SOCKET_LIMIT = 16384 };

static struct socket sockets[SOCKET_LIMIT]; /* 0 is no socket */
static _Atomic uint32_t row[DESCRIPTOR_LIMIT];
static _Atomic uint32_t hint;
static _Atomic unsigned highest; /* no row above it was ever taken */

static struct socket *take(void)
{
    struct socket *found = NULL;
    for (uint32_t tries = 0; tries < SOCKET_LIMIT && found == NULL; tries++) {
        uint32_t none = 0, i = atomic_fetch_add(&hint, 1) % (SOCKET_LIMIT - 1) + 1;
        if (atomic_compare_exchange_strong(&sockets[i].users, &none, 1))
            found = &sockets[i];
    }
    return found;
}

static void release(uint32_t index)
{
    if (index != 0)
        atomic_fetch_sub(&sockets[index].users, 1);
}

/* Puts a socket (NULL: none) into the row of fd. */
static void set(int fd, struct socket *socket)
{
    unsigned seen = atomic_load(&highest);
    while ((unsigned)fd > seen && !atomic_compare_exchange_weak(&highest, &seen, (unsigned)fd))
        continue;
    release(atomic_exchange(&row[fd], socket != NULL ? (uint32_t)(socket - sockets) : 0));
}

static int option(int fd, int name)
{
    int value = 0;
    socklen_t size = sizeof value;
    return REAL(getsockopt)(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : 0;
}

/* A fresh record; id 0 for one that was found and not made here. */
static struct socket *fresh(int fd, uint64_t id, uint64_t inode)
{
    uint64_t found[2] = {lineage_process_hash(), (uint64_t)fd};
    struct socket *socket = take();
    if (socket == NULL)
        return NULL;
    atomic_store(&socket->id, id != 0 ? id : hash_bytes(2, found, sizeof found));
    atomic_store(&socket->inode, inode);
    for (int i = 0; i < DIRECTION_COUNT; i++) {
        atomic_store(&socket->moved[i], 0);
        atomic_store(&socket->chances[i], 0);
    }
    for (int i = 0; i < POINT_COUNT; i++)
        atomic_store(&socket->asked[i], 0);
    atomic_store(&socket->victim.ended, false);
    atomic_store(&socket->victim.pending, 0);
    socket->victim.type = option(fd, SO_TYPE);
    socket->victim.family = option(fd, SO_DOMAIN);
    socket->victim.messages = option(fd, SO_PROTOCOL) == IPPROTO_SCTP;
    set(fd, socket);
    return socket;
}

static bool inode_of(int fd, uint64_t *inode)
{
    struct stat status;
    bool is =
        fd >= 0 && fd < DESCRIPTOR_LIMIT && fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
    *inode = is ? status.st_ino : 0;
    return is;
}

struct socket *descriptor_find(int fd)
{
    int kept = errno;
    uint64_t inode = 0;
    struct socket *socket = NULL;
    if (inode_of(fd, &inode)) {
        uint32_t index = atomic_load(&row[fd]);
        socket = &sockets[index];
        if (index == 0 || atomic_load(&socket->inode) != inode)
            socket = fresh(fd, 0, inode);
    }
    errno = kept;
    return socket;
}

void descriptor_made(int fd)
{
    int kept = errno;
    struct lineage *mine = lineage_mine();
    uint64_t parts[2] = {mine->hash, ++mine->sockets}, inode = 0;
    if (inode_of(fd, &inode))
        fresh(fd, hash_bytes(3, parts, sizeof parts), inode);
    errno = kept;
}

void descriptor_copied(int fd, int copy)
{
    struct socket *socket = descriptor_find(fd);
    if (lineage_borrowed() || copy < 0 || copy >= DESCRIPTOR_LIMIT || copy == fd)
        return;
    rearm_forget((unsigned)copy, (unsigned)copy);
    if (socket != NULL)
        atomic_fetch_add(&socket->users, 1);
    set(copy, socket);
}

void descriptor_forget(unsigned first, unsigned last)
{
    unsigned end = atomic_load(&highest);
    if (lineage_borrowed())
        return;
    rearm_forget(first, last);
    for (unsigned fd = first; fd <= last && fd <= end; fd++)
        set((int)fd, NULL);
}
