/* SPDX-License-Identifier: MIT */
/*
 * The first process of a guest kernel: makes the machine such as the engine needs it, runs the
 * engine once, and switches off. What to do stands in a plan (orders.h).
 *
 * The plan is the program's first argument, /plan without one. Statically linked: a guest's
 * initramfs may hold no library that fits it. What goes wrong is told on the console, which the
 * engine outside quotes.
 */
#include "guest/needs.h"
#include "guest/orders.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEXT_MAX = 16384, DESCRIPTORS = 65536 };

static void complain(const char *what, const char *name)
{
    printf("guest: %s %s: %s\n", what, name, strerror(errno));
    fflush(stdout);
}

static void mount_one(const char *type, const char *where)
{
    mkdir(where, 0755);
    if (mount(type, where, type, 0, NULL) < 0 && errno != EBUSY)
        complain("mount", where);
}

/* /mnt is where the engine writes: the root of the files may be read-only. */
static void mount_all(void)
{
    mount_one("proc", "/proc");
    mount_one("sysfs", "/sys");
    mount_one("devtmpfs", "/dev");
    mount_one("tmpfs", "/mnt");
    mkdir("/mnt/report", 0777);
}

static void open_console(void)
{
    int fd = open("/dev/console", O_RDWR | O_NOCTTY);
    if (fd < 0)
        return;
    for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; standard++)
        dup2(fd, standard);
    if (fd > STDERR_FILENO)
        close(fd);
}

static void insmod(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST))
        complain("insmod", path);
    if (fd >= 0)
        close(fd);
}

/* The interface of the loopback place, and as many descriptors as a server of thousands needs. */
static void prepare(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    struct rlimit many = {DESCRIPTORS, DESCRIPTORS};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        complain("up", "lo");
    if (fd >= 0)
        close(fd);
    setrlimit(RLIMIT_NOFILE, &many);
}

/* Carries out the orders before the program. */
static void obey(const struct orders *orders)
{
    for (int i = 0; i < orders->count; i++) {
        const char *path = orders->order[i].path;
        switch (orders->order[i].kind) {
        case ORDER_INSMOD:
            insmod(path);
            break;
        case ORDER_CD:
            if (chdir(path) < 0)
                complain("cd", path);
            break;
        }
    }
}

/* Where the engine sends its results to, by its words; NULL: nowhere. */
static const char *stream_of(char *const *words)
{
    const char *stream = NULL;
    for (int i = 0; words[i] != NULL && words[i + 1] != NULL; i++)
        if (strcmp(words[i], "--stream") == 0)
            stream = words[i + 1];
    return stream;
}

/* False, with a line on the console, when the kernel lacks what the engine needs. */
static bool suits(char *const *words)
{
    char text[512];
    bool good = needs_lacking(stream_of(words), text, sizeof text) == 0;
    if (!good)
        printf("guest: the kernel lacks %s (docs/YOUR-STACK.md)\n", text);
    fflush(stdout);
    return good;
}

static void run(char *const *words)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        execv(words[0], words);
        complain("run", words[0] != NULL ? words[0] : "nothing");
        _exit(127);
    }
    while (waitpid(-1, &status, 0) != pid)
        continue;
    printf("guest: the engine ended with status 0x%x\n", (unsigned)status);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static char plan[TEXT_MAX];
    static struct orders orders;
    const char *path = argc > 1 ? argv[1] : "/plan";
    mount_all();
    open_console();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, plan, sizeof plan - 1) : -1;
    if (size < 0)
        complain("read", path);
    prepare();
    if (!orders_read(&orders, plan))
        complain("obey all of", path);
    obey(&orders);
    if (suits(orders.words))
        run(orders.words);
    sync();
    reboot(RB_POWER_OFF);
    return 1;
}
