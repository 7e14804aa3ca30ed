/* SPDX-License-Identifier: MIT */
#include "trial/builtin.h"

#include "trial/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_FOLDERS = 16 };

const char *builtin_scratch(struct trial *trial)
{
    if (trial->programs.scratch[0] == '\0') {
        /* In memory where that can be: a server that waits for a busy disk is late for nothing. */
        snprintf(trial->programs.scratch, sizeof trial->programs.scratch,
                 "%s/sockproof-case-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        if (mkdtemp(trial->programs.scratch) == NULL || chmod(trial->programs.scratch, 0755) < 0) {
            trial_broken(trial, CODE_NO_FOLDER, "no folder for the programs of the case: %s",
                         strerror(errno));
            trial->programs.scratch[0] = '\0';
        }
    }
    return trial->programs.scratch[0] != '\0' ? trial->programs.scratch : NULL;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

void builtin_clean(struct trial *trial)
{
    if (trial->programs.scratch[0] != '\0')
        nftw(trial->programs.scratch, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
    trial->programs.scratch[0] = '\0';
}

/* The server's address as text; brackets: as an authority has it. */
static const char *host(struct trial *trial, bool brackets)
{
    struct node server = {
        .kind = NODE_SCALAR, .plain = true, .text = (char *)"server", .length = 6};
    struct sockaddr_storage address;
    char text[INET6_ADDRSTRLEN] = "";
    endpoint_resolve(trial, &server, &address);
    bool six = address.ss_family == AF_INET6;
    inet_ntop(address.ss_family,
              six ? (void *)&((struct sockaddr_in6 *)&address)->sin6_addr
                  : (void *)&((struct sockaddr_in *)&address)->sin_addr,
              text, sizeof text);
    return trial_text(trial, six && brackets ? "[%s]" : "%s", text);
}

const char *builtin_text(struct trial *trial, const char *name)
{
    char path[PATH_MAX];
    const char *text = NULL;
    if (strcmp(name, "server_host") == 0)
        text = host(trial, false);
    else if (strcmp(name, "server_port") == 0)
        text = trial_text(trial, "%u", trial->ports.server);
    else if (strcmp(name, "server_authority") == 0)
        text = trial_text(trial, "%s:%u", host(trial, true), trial->ports.server);
    else if (strcmp(name, "scratch") == 0)
        text = builtin_scratch(trial);
    else if (strcmp(name, "servers") == 0)
        text = realpath(trial_text(trial, "%s/fixtures/servers", trial->stage->root), path);
    if (text == NULL && strcmp(name, "servers") == 0)
        trial_broken(trial, CODE_SHORTAGE, "fixtures/servers is not to be had: %s",
                     strerror(errno));
    return text == path ? trial_text(trial, "%s", path) : text;
}
