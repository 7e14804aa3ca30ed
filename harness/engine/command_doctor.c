/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "engine/commands.h"
#include "engine/settings.h"
#include "stack/stacks.h"
#include "trial/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct diagnosis {
    const char *what;
    bool good;
    char *detail;
    const char *advice; /* NULL: nothing to do */
};

enum { DIAGNOSES = 32, LINE_ROOM = 512 };

static char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *text(const char *format, ...)
{
    char *out = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&out, format, arguments) < 0)
        out = NULL;
    va_end(arguments);
    return out;
}

static struct diagnosis look_at_wire(const struct profile *profile)
{
    char why[512];
    double began = clock_now_s();
    bool good = worker_try_hosts(profile, why, sizeof why);
    double ms = (clock_now_s() - began) * 1e3;
    struct diagnosis diagnosis = {.what = "wire", .good = good};
    if (good) {
        diagnosis.detail =
            text("two hosts built in %.1f ms; %zu values of host profile %s set and read back", ms,
                 profile->count, profile->version);
    } else {
        diagnosis.detail = text("refused: %s", why);
        diagnosis.advice = "cases that need a wire are skipped; allow user namespaces (sysctl "
                           "kernel.unprivileged_userns_clone=1, user.max_user_namespaces; in a "
                           "container a seccomp "
                           "profile that permits unshare, or --cap-add SYS_ADMIN)";
    }
    return diagnosis;
}

static struct diagnosis look_at_socket(const char *what, int family, int type, int protocol,
                                       const char *advice)
{
    int fd = socket(family, type | SOCK_CLOEXEC, protocol);
    struct diagnosis diagnosis = {.what = what, .good = fd >= 0};
    diagnosis.detail =
        fd >= 0 ? text("a socket can be made") : text("no socket: %s", strerror(errno));
    diagnosis.advice = fd >= 0 ? NULL : advice;
    if (fd >= 0)
        close(fd);
    return diagnosis;
}

static struct diagnosis look_at_machine(void)
{
    struct utsname system;
    uname(&system);
    struct diagnosis diagnosis = {.what = "machine", .good = true};
    diagnosis.detail =
        text("%s %s %s, %ld processors, %s", system.sysname, system.release, system.machine,
             sysconf(_SC_NPROCESSORS_ONLN), geteuid() == 0 ? "root" : "an ordinary user");
    return diagnosis;
}

static char *amount(rlim_t value)
{
    return value == RLIM_INFINITY ? text("any number of") : text("%llu", (unsigned long long)value);
}

/* What a process of a full run may need: 9000 clients in one, some hundred processes and threads at
   once, and pages that a zero-copy send keeps. */
static struct diagnosis look_at_limits(void)
{
    static const struct {
        int resource;
        rlim_t least;
        const char *what;
    } needs[] = {{RLIMIT_NOFILE, 10000, "descriptors"},
                 {RLIMIT_NPROC, 500, "processes"},
                 {RLIMIT_MEMLOCK, 65536, "bytes of locked memory"}};
    struct diagnosis diagnosis = {.what = "limits", .good = true, .detail = strdup("")};
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        struct rlimit limit = {0, 0};
        getrlimit(needs[i].resource, &limit);
        bool enough = limit.rlim_max >= needs[i].least;
        char *has = amount(limit.rlim_max), *before = diagnosis.detail;
        diagnosis.detail = text("%s%s%s %s%s", before, i > 0 ? ", " : "", has, needs[i].what,
                                enough ? "" : " (too few)");
        diagnosis.good = diagnosis.good && enough;
        free(has);
        free(before);
    }
    diagnosis.advice = diagnosis.good
                           ? NULL
                           : "cases that need more are broken; a full run needs 10000 "
                             "descriptors, 500 processes, 64 KiB locked (ulimit -n -u -l)";
    return diagnosis;
}

/* What the driver, which knows of them, says of the guests that have been fetched; NULL if it
   cannot be asked. The caller closes it and waits for *pid. */
static FILE *ask_for_guests(const char *root, pid_t *pid)
{
    int ends[2];
    char *driver = text("%s/harness/driver", root);
    char *const words[] = {"python3", "-I", "-X", "utf8", driver, "guest", "list", NULL};
    posix_spawn_file_actions_t actions;
    if (driver == NULL || pipe2(ends, O_CLOEXEC) < 0) {
        free(driver);
        return NULL;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    int error = posix_spawn(pid, "/usr/bin/python3", &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    free(driver);
    FILE *said = error == 0 ? fdopen(ends[0], "r") : NULL;
    if (said == NULL)
        close(ends[0]);
    return said;
}

/* The stacks of this build, and the guests. */
static int look_at_stacks(const char *root, struct diagnosis *diagnoses, int room)
{
    char line[LINE_ROOM];
    pid_t pid = 0;
    int count = 0;
    for (const char *const *name = stacks_names(); *name != NULL && count < room; name++)
        diagnoses[count++] =
            (struct diagnosis){.what = "stack", .good = true, .detail = text("%s", *name)};
    FILE *guests = ask_for_guests(root, &pid);
    while (guests != NULL && count < room && fgets(line, sizeof line, guests) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        diagnoses[count++] = (struct diagnosis){
            .what = "guest", .good = strncmp(line, "no ", 3) != 0, .detail = text("%s", line)};
    }
    if (guests != NULL)
        fclose(guests);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return count;
}

static void print_json(const struct diagnosis *diagnoses, int count)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s, s:b, s:s, s:s?}", "what", diagnoses[i].what,
                                              "good", diagnoses[i].good, "detail",
                                              diagnoses[i].detail, "advice", diagnoses[i].advice));
    json_dumpf(list, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(list);
}

static void print_text(const struct diagnosis *diagnoses, int count)
{
    for (int i = 0; i < count; i++) {
        printf("%-10s %-4s %s\n", diagnoses[i].what, diagnoses[i].good ? "yes" : "no",
               diagnoses[i].detail);
        if (diagnoses[i].advice != NULL)
            printf("%-15s %s\n", "", diagnoses[i].advice);
    }
}

enum status command_doctor(const struct config *config)
{
    struct settings settings;
    struct diagnosis diagnoses[DIAGNOSES];
    int count = 0;
    if (!settings_load(&settings, config->root, config->stacks[0])) {
        settings_free(&settings);
        return STATUS_USAGE;
    }
    diagnoses[count++] = look_at_machine();
    diagnoses[count++] = look_at_limits();
    diagnoses[count++] = look_at_wire(&settings.profile);
    diagnoses[count++] = look_at_socket("loopback", AF_INET, SOCK_STREAM, 0, "nothing can run");
    diagnoses[count++] = look_at_socket("inet6", AF_INET6, SOCK_STREAM, 0,
                                        "on loopback the inet6 variants fail; enable IPv6");
    diagnoses[count++] = look_at_socket("sctp", AF_INET, SOCK_STREAM, IPPROTO_SCTP,
                                        "this kernel has no SCTP: the cases go to usrsctp");
    bool runs = diagnoses[3].good;
    count += look_at_stacks(config->root, diagnoses + count, DIAGNOSES - count);
    if (config->json)
        print_json(diagnoses, count);
    else
        print_text(diagnoses, count);
    for (int i = 0; i < count; i++)
        free(diagnoses[i].detail);
    settings_free(&settings);
    return runs ? STATUS_GOOD : STATUS_NOTHING;
}
