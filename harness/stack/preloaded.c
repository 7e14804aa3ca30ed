/* SPDX-License-Identifier: MIT */
#include "stack/preloaded.h"

#include "stack/shadowed.h"

#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <string.h>

enum { NAME_ROOM = 128 };

/* --- two calls whose last argument is variadic in a library ----------------------------------- */

static int (*library_fcntl)(int fd, int command, ...);
static int (*library_ioctl)(int fd, unsigned long request, ...);

static int call_fcntl(int fd, int command, long argument)
{
    return library_fcntl(fd, command, argument);
}

static int call_ioctl(int fd, unsigned long request, void *argument)
{
    return library_ioctl(fd, request, argument);
}

/* --- loading --------------------------------------------------------------------------------- */

static int begin(const struct sockproof_world *world, char *why, size_t room)
{
    (void)world;
    (void)why;
    (void)room;
    return 0;
}

/* Whether two addresses lie in the same object. */
static bool same_object(const void *one, const void *other)
{
    Dl_info first;
    Dl_info second;
    return dladdr(one, &first) != 0 && dladdr(other, &second) != 0 &&
           first.dli_fbase == second.dli_fbase;
}

static bool is_of_libc(const void *symbol)
{
    const char *(*known)(void) = gnu_get_libc_version;
    const void *address = NULL;
    memcpy(&address, &known, sizeof address);
    return same_object(symbol, address);
}

/* The function of that name. dlsym(3) also looks into what the library needs, so also into the C
   library, whose functions have no prefix. */
static void *find(void *library, const char *prefix, const char *name)
{
    char whole[NAME_ROOM];
    snprintf(whole, sizeof whole, "%s%s", prefix, name);
    void *symbol = dlsym(library, whole);
    if (symbol == NULL && prefix[0] == '\0')
        symbol = dlsym(RTLD_DEFAULT, whole);
    return symbol;
}

static void fill(struct sockproof_stack *table, void *library, const char *prefix)
{
    void *symbol = NULL;
#define REQUIRED(type, name, parameters, arguments)                                                \
    symbol = find(library, prefix, #name);                                                         \
    memcpy(&table->name, &symbol, sizeof symbol);
#define MADE REQUIRED
#define OPTIONAL REQUIRED
#include "stack/plugged.def"
    memcpy(&library_fcntl, &table->fcntl, sizeof library_fcntl);
    memcpy(&library_ioctl, &table->ioctl, sizeof library_ioctl);
    table->fcntl = library_fcntl != NULL ? call_fcntl : NULL;
    table->ioctl = library_ioctl != NULL ? call_ioctl : NULL;
}

/* The first call that every stack must have and this one has not, or NULL. */
static const char *missing(const struct sockproof_stack *table)
{
    const void *own = NULL;
    const char *name = NULL;
    memcpy(&own, &table->socket, sizeof own);
    if (own == NULL || is_of_libc(own))
        name = "socket";
#define REQUIRED(type, call, parameters, arguments)                                                \
    if (name == NULL && table->call == NULL)                                                       \
        name = #call;
#include "stack/plugged.def"
    return name;
}

bool preloaded_load(struct sockproof_stack *table, const char *file, const char *prefix, char *why,
                    size_t size)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    *table = (struct sockproof_stack){.abi = SOCKPROOF_STACK_ABI,
                                      .size = sizeof *table,
                                      .traits = SOCKPROOF_KERNEL_ADDRESSES,
                                      .begin = begin};
    if (library == NULL) {
        snprintf(why, size, "%s", dlerror());
        why[strcspn(why, "\n")] = '\0';
        return false;
    }
    if (shadowed(library, why, size))
        return false;
    fill(table, library, prefix);
    const char *call = missing(table);
    if (call != NULL)
        snprintf(why, size, "it has no function %s%s, which every stack must have", prefix, call);
    return call == NULL;
}

uint32_t preloaded_speaks(const struct sockproof_stack *table)
{
    static const struct {
        int domain, type;
        uint32_t says;
    } kinds[] = {{AF_INET, SOCK_STREAM, SOCKPROOF_TCP | SOCKPROOF_IPV4},
                 {AF_INET, SOCK_DGRAM, SOCKPROOF_UDP | SOCKPROOF_IPV4},
                 {AF_INET6, SOCK_STREAM, SOCKPROOF_TCP | SOCKPROOF_IPV6},
                 {AF_INET6, SOCK_DGRAM, SOCKPROOF_UDP | SOCKPROOF_IPV6}};
    uint32_t speaks = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (table->socket(kinds[i].domain, kinds[i].type, 0) >= 0)
            speaks |= kinds[i].says;
    return speaks;
}
