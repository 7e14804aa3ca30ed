/* SPDX-License-Identifier: MIT */
#include "stack/lwip_link.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcpip.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { FRAME_MAX = 65536, MTU = 1500, QUEUE = 8 << 20, CANNOT_BEGIN = 126 };

/* One link to a process, as there is one stack. */
static int packets = -1;
static uint8_t own_mac[ETH_ALEN], peer_mac[ETH_ALEN];
static struct netif link_interface;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "lwip: %s: %s\n", what, strerror(errno));
    _exit(CANNOT_BEGIN);
}

/* --- packets ------------------------------------------------------------------------------- */

/* Called by lwIP with its core locked: one frame at a time. */
static err_t put(struct pbuf *packet, uint16_t type)
{
    static uint8_t frame[FRAME_MAX];
    struct ether_header *header = (struct ether_header *)frame;
    memcpy(header->ether_dhost, peer_mac, ETH_ALEN);
    memcpy(header->ether_shost, own_mac, ETH_ALEN);
    header->ether_type = htons(type);
    size_t size = sizeof *header +
                  pbuf_copy_partial(packet, frame + sizeof *header, FRAME_MAX - sizeof *header, 0);
    ssize_t sent = 0;
    do
        sent = write(packets, frame, size);
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
        ssize_t size = read(packets, frame, sizeof frame);
        const struct ether_header *header = (const struct ether_header *)frame;
        if (size < 0 && errno != EINTR)
            give_up("receiving");
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

/* The interface of the host besides lo, with its link address. */
static unsigned find_interface(char name[IF_NAMESIZE])
{
    struct if_nameindex *list = if_nameindex();
    unsigned index = 0;
    for (const struct if_nameindex *one = list; one != NULL && one->if_index != 0; one++)
        if (strcmp(one->if_name, "lo") != 0 && index == 0) {
            index = one->if_index;
            snprintf(name, IF_NAMESIZE, "%s", one->if_name);
        }
    if (list != NULL)
        if_freenameindex(list);
    return index;
}

static void find_own_mac(const char *name)
{
    struct ifreq request = {0};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (ioctl(packets, SIOCGIFHWADDR, &request) < 0)
        give_up("the link address of the host");
    memcpy(own_mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
}

/* The host knows the other one as a neighbour that it never asks for; nobody else is there. A line
   of the table holds the address, two numbers and the link address. */
static void find_peer_mac(void)
{
    FILE *table = fopen("/proc/net/arp", "re");
    char line[256];
    bool found = false;
    while (table != NULL && !found && fgets(line, sizeof line, table) != NULL) {
        char *rest = NULL;
        const char *word = strtok_r(line, " ", &rest);
        for (int i = 0; i < 3 && word != NULL; i++)
            word = strtok_r(NULL, " ", &rest);
        found = word != NULL && ether_aton_r(word, (struct ether_addr *)peer_mac) != NULL;
    }
    if (table != NULL)
        fclose(table);
    if (!found)
        give_up("the other host among the neighbours");
}

static void open_packets(void)
{
    static const int on = 1;
    static const int queue = QUEUE;
    char name[IF_NAMESIZE] = "";
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_protocol = htons(ETH_P_ALL),
                                  .sll_ifindex = (int)find_interface(name)};
    packets = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (packets < 0 || address.sll_ifindex == 0 ||
        setsockopt(packets, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0)
        give_up("a packet socket");
    if (setsockopt(packets, SOL_SOCKET, SO_RCVBUFFORCE, &queue, sizeof queue) < 0)
        setsockopt(packets, SOL_SOCKET, SO_RCVBUF, &queue, sizeof queue);
    if (bind(packets, (const struct sockaddr *)&address, sizeof address) < 0)
        give_up("a packet socket on the interface");
    find_own_mac(name);
    find_peer_mac();
}

static err_t set_up(struct netif *interface)
{
    interface->name[0] = 'w';
    interface->name[1] = '0';
    interface->mtu = interface->mtu6 = MTU;
    interface->output = put4;
    interface->output_ip6 = put6;
    interface->flags |= NETIF_FLAG_LINK_UP;
    return ERR_OK;
}

/* In lwIP's own thread. Quiet: no address is tried out, no router looked for. */
static void add_interface(void *argument)
{
    const struct stack_world *world = argument;
    ip4_addr_t address4;
    ip4_addr_t gateway;
    ip4_addr_t mask;
    ip6_addr_t address6 = {0};
    memcpy(&address4, &world->own[0].s6_addr[12], sizeof address4);
    memcpy(&gateway, &world->peer[0].s6_addr[12], sizeof gateway);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    memcpy(address6.addr, &world->own[1], sizeof address6.addr);
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

void lwip_link_begin(const struct stack_world *world)
{
    static struct stack_world kept;
    pthread_t receiver;
    kept = *world;
    open_packets();
    srand((unsigned)(world->seed ^ world->seed >> 32)); /* what lwIP takes for chance */
    sem_init(&ready, 0, 0);
    tcpip_init(added, &kept);
    while (sem_wait(&ready) < 0)
        continue;
    if (pthread_create(&receiver, NULL, receive, NULL) != 0)
        give_up("a thread");
    pthread_detach(receiver);
}
