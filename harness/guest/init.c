/*
 * The first process of a guest kernel: makes the machine such as the engine needs it, runs the
 * engine once, and switches off. What to do stands in a plan, one order a line:
 *
 *     insmod PATH      load a module
 *     cd FOLDER        the engine's working folder
 *     PROGRAM          the engine, and on each line that follows one argument for it
 *
 * The plan is the program's first argument, /plan without one. Statically linked: a guest's
 * initramfs may hold no library that fits it. What goes wrong is told on the console, which the
 * engine outside quotes.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
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

enum { WORDS = 64, TEXT_MAX = 16384, DESCRIPTORS = 65536 };

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

/* Carries out the orders of the plan; the words of the program that is to be run. */
static char **obey(char *plan)
{
    static char *words[WORDS + 1];
    int count = 0;
    for (char *line = strtok(plan, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (count > 0 && count < WORDS)
            words[count++] = line;
        else if (strncmp(line, "insmod ", 7) == 0)
            insmod(line + 7);
        else if (strncmp(line, "cd ", 3) != 0)
            words[count++] = line;
        else if (chdir(line + 3) < 0)
            complain("cd", line + 3);
    }
    return words;
}

static void run(char **words)
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
    const char *path = argc > 1 ? argv[1] : "/plan";
    mount_all();
    open_console();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, plan, sizeof plan - 1) : -1;
    if (size < 0)
        complain("read", path);
    prepare();
    run(obey(plan));
    sync();
    reboot(RB_POWER_OFF);
    return 1;
}
