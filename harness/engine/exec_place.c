/* SPDX-License-Identifier: MIT */
#include "engine/exec_place.h"

#include "base/arena.h"
#include "base/claim.h"
#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

static const char scratch_word[] = "{scratch}", port_word[] = "{port}";

/* Below the ports that the kernel gives to who does not ask for one (ip_local_port_range). */
enum { PORT_FIRST = 20000, PORT_COUNT = 12000, REPORTS_MOST = 100 };

/* --- a port -------------------------------------------------------------------------------- */

static bool binds(int type, const struct sockaddr *address, socklen_t size)
{
    int fd = socket(address->sa_family, type | SOCK_CLOEXEC, 0);
    bool good = fd < 0 ? errno == EAFNOSUPPORT : bind(fd, address, size) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

/* Whether nobody has the port, on any address, for TCP and UDP. */
static bool is_free(int port)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    return binds(SOCK_STREAM, (struct sockaddr *)&four, sizeof four) &&
           binds(SOCK_DGRAM, (struct sockaddr *)&four, sizeof four) &&
           binds(SOCK_STREAM, (struct sockaddr *)&six, sizeof six) &&
           binds(SOCK_DGRAM, (struct sockaddr *)&six, sizeof six);
}

static bool take_port(struct lodging *place)
{
    int start = (int)getpid() * 7;
    for (int i = 0; i < PORT_COUNT && place->port == 0; i++) {
        int port = PORT_FIRST + (start + i) % PORT_COUNT;
        int lock = claim_name("port", port); /* among runs of ours */
        if (lock >= 0 && is_free(port)) {
            place->port = port;
            place->lock = lock;
        } else if (lock >= 0) {
            close(lock);
        }
    }
    if (place->port == 0)
        fprintf(stderr, "sockproof: no port from %d to %d is free\n", PORT_FIRST,
                PORT_FIRST + PORT_COUNT - 1);
    return place->port != 0;
}

/* --- the words ----------------------------------------------------------------------------- */

static bool asks(char *const *words, const char *what)
{
    bool found = false;
    for (; *words != NULL && !found; words++)
        found = strstr(*words, what) != NULL;
    return found;
}

/* A copy of text with each such word replaced; takes text. */
static char *replaced(char *text, const char *word, const char *by)
{
    for (char *at = NULL; (at = strstr(text, word)) != NULL;) {
        char *more = NULL;
        if (asprintf(&more, "%.*s%s%s", (int)(at - text), text, by, at + strlen(word)) < 0)
            arena_must(NULL);
        free(text);
        text = more;
    }
    return text;
}

static void write_words(struct lodging *place, char *const *words)
{
    char port[16];
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    snprintf(port, sizeof port, "%d", place->port);
    place->words = arena_must(calloc(count + 1, sizeof *place->words));
    for (size_t i = 0; i < count; i++)
        place->words[i] = replaced(
            replaced(arena_must(strdup(words[i])), scratch_word, place->scratch), port_word, port);
    if (place->scratch[0] != '\0')
        setenv("SOCKPROOF_SCRATCH", place->scratch, 1);
    if (place->port != 0)
        setenv("SOCKPROOF_PORT", port, 1);
}

bool exec_place_open(struct lodging *place, char *const *words)
{
    bool scratch = asks(words, scratch_word), port = asks(words, port_word);
    const char *folder = getenv("TMPDIR");
    *place = (struct lodging){.lock = -1};
    if (!scratch && !port)
        return true;
    snprintf(place->scratch, sizeof place->scratch, "%s/sockproof.XXXXXX",
             folder != NULL && strlen(folder) < 32 ? folder : "/tmp");
    if (!scratch)
        place->scratch[0] = '\0';
    else if (mkdtemp(place->scratch) == NULL) {
        fprintf(stderr, "sockproof: %s: %s\n", place->scratch, strerror(errno));
        place->scratch[0] = '\0';
        return false;
    }
    if (port && !take_port(place))
        return false;
    write_words(place, words);
    return true;
}

char *const *exec_place_words(const struct lodging *place, char *const *words)
{
    return place->words != NULL ? place->words : words;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status;
    (void)type;
    (void)at;
    remove(path);
    return 0;
}

void exec_place_close(struct lodging *place)
{
    enum { DESCRIPTORS = 16 };
    if (place->scratch[0] != '\0')
        nftw(place->scratch, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    if (place->lock >= 0)
        close(place->lock);
    for (char **word = place->words; word != NULL && *word != NULL; word++)
        free(*word);
    free(place->words);
    *place = (struct lodging){.lock = -1};
}

/* --- the report's folder ------------------------------------------------------------------- */

/* 0: it is ours now; else an errno, EWOULDBLOCK when another run has it. */
static int take_folder(const char *path, char resolved[PATH_MAX], int *lock)
{
    int error = 0;
    if (!folder_make(path) || access(path, W_OK) < 0 || realpath(path, resolved) == NULL)
        return errno;
    *lock = open(resolved, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*lock < 0 || flock(*lock, LOCK_EX | LOCK_NB) < 0)
        error = errno;
    if (error != 0 && *lock >= 0)
        close(*lock);
    return error;
}

bool exec_place_report(const char *report, char resolved[PATH_MAX], char shown[PATH_MAX], int *lock)
{
    int error = EWOULDBLOCK;
    size_t length = strlen(report);
    while (length > 1 && report[length - 1] == '/')
        length--;
    for (int i = 1; i <= REPORTS_MOST && error == EWOULDBLOCK; i++) {
        if (i == 1)
            snprintf(shown, PATH_MAX, "%s", report);
        else
            snprintf(shown, PATH_MAX, "%.*s.%d", (int)length, report, i);
        error = take_folder(shown, resolved, lock);
    }
    if (error != 0)
        fprintf(stderr, "sockproof: %s: %s\n", shown, strerror(error));
    else if (strcmp(shown, report) != 0)
        fprintf(stderr, "sockproof: another run writes %s: this one's report is in %s\n", report,
                shown);
    return error == 0;
}
