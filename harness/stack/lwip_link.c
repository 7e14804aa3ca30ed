/* SPDX-License-Identifier: MIT */
#include "stack/lwip_link.h"

#include <errno.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcpip.h>
#include <net/ethernet.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FRAME_MAX = 65536 };

/* One link to a process, as there is one stack. */
static struct sockproof_link packets;
static struct netif link_interface;

/* --- packets ------------------------------------------------------------------------------- */

/* Called by lwIP with its core locked: one frame at a time. */
static err_t put(struct pbuf *packet, uint16_t type)
{
    static uint8_t frame[FRAME_MAX];
    struct ether_header *header = (struct ether_header *)frame;
    memcpy(header->ether_dhost, packets.peer_mac, ETH_ALEN);
    memcpy(header->ether_shost, packets.own_mac, ETH_ALEN);
    header->ether_type = htons(type);
    size_t size = sizeof *header +
                  pbuf_copy_partial(packet, frame + sizeof *header, FRAME_MAX - sizeof *header, 0);
    ssize_t sent = 0;
    do
        sent = write(packets.fd, frame, size);
    while (sent < 0 && (errno == EINTR || errno == ENOBUFS));
    return sent == (ssize_t)size ? ERR_OK : ERR_IF;
}

static err_t put4(struct netif *interface, struct pbuf *packet, const ip4_addr_t *to)
{
    (void)interface;
    (void)to;
    return put(packet, ETHERTYPE_IP);
}

static err_t put6(struct netif *interface, struct pbuf *packet, const ip6_addr_t *to)
{
    (void)interface;
    (void)to;
    return put(packet, ETHERTYPE_IPV6);
}

/* Hands a packet to lwIP's thread; its queue may be full for a moment. A buffer of its pool would
   be damaged by the library as Debian builds it: one of the heap is taken. */
static void hand_over(const uint8_t *frame, size_t size)
{
    struct pbuf *packet = pbuf_alloc(PBUF_RAW, (uint16_t)size, PBUF_RAM);
    if (packet == NULL)
        return;
    pbuf_take(packet, frame, (uint16_t)size);
    while (link_interface.input(packet, &link_interface) != ERR_OK)
        sched_yield();
}

/* What TCP's fast timer does, in lwIP's own thread: acknowledgements that were put off go out. */
static void acknowledge(void *unused)
{
    (void)unused;
    tcp_fasttmr();
}

/* Behind each packet the fast timer runs, which otherwise ticks every 250 ms wherever the packet
   falls: then nothing is put off when the hosts have settled, and no verdict hangs on the tick. */
static void *receive(void *unused)
{
    static uint8_t frame[FRAME_MAX];
    (void)unused;
    for (;;) {
        ssize_t size = read(packets.fd, frame, sizeof frame);
        const struct ether_header *header = (const struct ether_header *)frame;
        if (size < 0 && errno != EINTR) {
            perror("lwip: receiving");
            abort();
        }
        bool whole = size > (ssize_t)sizeof *header;
        uint16_t type = whole ? ntohs(header->ether_type) : 0;
        if (type == ETHERTYPE_IP || type == ETHERTYPE_IPV6)
            hand_over(frame + sizeof *header, (size_t)size - sizeof *header);
        while (whole && tcpip_callback(acknowledge, NULL) != ERR_OK)
            sched_yield();
    }
    return NULL;
}

/* --- the beginning ------------------------------------------------------------------------- */

static err_t set_up(struct netif *interface)
{
    interface->name[0] = 'w';
    interface->name[1] = '0';
    interface->mtu = interface->mtu6 = (uint16_t)packets.mtu;
    interface->output = put4;
    interface->output_ip6 = put6;
    interface->flags |= NETIF_FLAG_LINK_UP;
    return ERR_OK;
}

/* In lwIP's own thread. Quiet: no address is tried out, no router looked for. */
static void add_interface(void *argument)
{
    const struct sockproof_world *world = argument;
    ip4_addr_t address4;
    ip4_addr_t gateway;
    ip4_addr_t mask;
    ip6_addr_t address6 = {0};
    memcpy(&address4, &world->own4, sizeof address4);
    memcpy(&gateway, &world->peer4, sizeof gateway);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    memcpy(address6.addr, &world->own6, sizeof address6.addr);
    netif_add(&link_interface, &address4, &mask, &gateway, NULL, set_up, tcpip_input);
    netif_ip6_addr_set(&link_interface, 0, &address6);
    netif_ip6_addr_set_state(&link_interface, 0, IP6_ADDR_PREFERRED);
    netif_set_default(&link_interface);
    netif_set_up(&link_interface);
    link_interface.ip6_autoconfig_enabled = 0;
    link_interface.rs_count = 0;
}

static sem_t ready;

static void added(void *argument)
{
    add_interface(argument);
    sem_post(&ready);
}

int lwip_link_begin(const struct sockproof_world *world, char *why, size_t room)
{
    static struct sockproof_world kept;
    pthread_t receiver;
    kept = *world;
    packets = world->link;
    srand((unsigned)(world->seed ^ world->seed >> 32)); /* what lwIP takes for chance */
    sem_init(&ready, 0, 0);
    tcpip_init(added, &kept);
    while (sem_wait(&ready) < 0)
        continue;
    int error = pthread_create(&receiver, NULL, receive, NULL);
    if (error == 0)
        pthread_detach(receiver);
    else
        snprintf(why, room, "a thread: %s", strerror(error));
    return error == 0 ? 0 : -1;
}
