/* SPDX-License-Identifier: MIT */
#include "engine/exec_wire.h"

#include "case/limit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { READY_SECONDS = 10, READY_TEXT = 200 };
static const double end_seconds = 2; /* for the peer to end when it is asked to */

static const struct {
    const char *variable, *word;
    enum side side;
    int family;
} names[] = {{"SOCKPROOF_SERVER", "{server}", SIDE_SERVER, AF_INET},
             {"SOCKPROOF_CLIENT", "{client}", SIDE_CLIENT, AF_INET},
             {"SOCKPROOF_SERVER6", "{server6}", SIDE_SERVER, AF_INET6},
             {"SOCKPROOF_CLIENT6", "{client6}", SIDE_CLIENT, AF_INET6}};
enum { NAMES = sizeof names / sizeof *names };

bool exec_wire_makes_sense(const struct config *config, const struct faultplan *plan)
{
    const struct exec_options *exec = &config->exec;
    const char *why = NULL;
    if (exec->wire && exec->peer == NULL)
        why = "--wire needs --peer 'COMMAND', the program at the other end";
    else if (!exec->wire && (exec->peer != NULL || exec->ready != NULL))
        why = "--peer and --ready are about --wire, which is not there";
    else if (!exec->wire && config->capture)
        why = "--capture is about --wire, which is not there";
    else if (!exec->wire && plan->wire != 0)
        why = "a fault of the wire needs --wire, and --peer 'COMMAND' at its other end";
    else if (exec->ready != NULL && (*exec->ready == '\0' || strlen(exec->ready) > READY_TEXT))
        why = "--ready takes listening, started, or what the peer prints, up to 200 characters";
    if (why != NULL)
        fprintf(stderr, "sockproof: %s\n", why);
    return why == NULL;
}

/* --- the hosts' addresses ------------------------------------------------------------------ */

static const char *with_addresses(struct wired *wired, const char *text)
{
    const char *out = arena_copy(wired->settings.arena, text, strlen(text));
    for (int i = 0; i < NAMES; i++) {
        const char *at = NULL;
        while ((at = strstr(out, names[i].word)) != NULL)
            out = arena_printf(wired->settings.arena, "%.*s%s%s", (int)(at - out), out,
                               network_address(wired->network, names[i].side, names[i].family),
                               at + strlen(names[i].word));
    }
    return out;
}

char *const *exec_wire_words(struct wired *wired, char *const *words)
{
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    char **out = arena_alloc(wired->settings.arena, (count + 1) * sizeof *out);
    for (size_t i = 0; i < count; i++)
        out[i] = (char *)with_addresses(wired, words[i]);
    return out;
}

static void export_addresses(const struct wired *wired)
{
    for (int i = 0; i < NAMES; i++)
        setenv(names[i].variable, network_address(wired->network, names[i].side, names[i].family),
               1);
}

/* --- the peer ------------------------------------------------------------------------------ */

/* "with status 1", "by SIGSEGV"; static storage. */
static const char *how(int status)
{
    static char text[48];
    if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "by SIG%s", sigabbrev_np(WTERMSIG(status)));
    else
        snprintf(text, sizeof text, "with status %d", WEXITSTATUS(status));
    return text;
}

static void say_last_words(const struct wired *wired)
{
    const char *words = peer_last_words(&wired->peer);
    if (*words != '\0')
        fprintf(stderr, "sockproof: its last line: %s\n", words);
    fprintf(stderr, "sockproof: all that it said: %s\n", wired->said);
}

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    interrupted = number;
}

/* The peer has a group of its own, which Ctrl-C does not reach: nothing may end us before we have
   ended it. What was ignored stays so. The launch has handlers of its own. */
static void catch_signals(void)
{
    static const int ending[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
    struct sigaction before, note = {.sa_handler = interrupt};
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        if (sigaction(ending[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(ending[i], &note, NULL);
}

static void say_unready(const struct wired *wired, const char *ready, double seconds)
{
    const struct peer *peer = &wired->peer;
    if (wired->interrupted != 0)
        fprintf(stderr, "sockproof: ended by SIG%s before the peer was ready (%s): %s\n",
                sigabbrev_np(wired->interrupted), ready, wired->command);
    else if (peer->ended)
        fprintf(stderr, "sockproof: the peer ended %s before it was ready (%s): %s\n",
                how(peer->status), ready, wired->command);
    else
        fprintf(stderr, "sockproof: the peer was not ready (%s) within %g s: %s\n", ready, seconds,
                wired->command);
    say_last_words(wired);
}

static bool start_peer(struct wired *wired, const struct config *config)
{
    const char *ready = config->exec.ready != NULL ? config->exec.ready : "listening";
    double seconds = READY_SECONDS * config->slow_factor;
    wired->command = with_addresses(wired, config->exec.peer);
    catch_signals();
    if (peer_start(&wired->peer, wired->network, wired->command, ready, wired->said) < 0) {
        fprintf(stderr, "sockproof: the peer cannot be started: %s\n", strerror(errno));
        return false;
    }
    bool good = peer_ready(&wired->peer, seconds, &interrupted);
    wired->interrupted = interrupted;
    good = good && interrupted == 0;
    if (!good)
        say_unready(wired, ready, seconds);
    return good;
}

/* --- life ---------------------------------------------------------------------------------- */

bool exec_wire_open(struct wired *wired, const struct config *config, const char *folder,
                    const struct faultplan *plan, struct control *control)
{
    char why[512], capture[PATH_MAX];
    *wired = (struct wired){.peer = {.pidfd = -1, .out = -1, .file = -1}};
    snprintf(wired->said, sizeof wired->said, "%s/peer.txt", folder);
    snprintf(capture, sizeof capture, "%s/wire.pcapng", folder);
    if (!settings_load(&wired->settings, config->root, NULL))
        return false;
    wired->network = network_open(&wired->settings.profile, control, plan,
                                  config->capture ? capture : NULL, why, sizeof why);
    if (wired->network == NULL) {
        fprintf(stderr,
                "sockproof: the two hosts of --wire cannot be made here: %s\n"
                "sockproof: ./sockproof doctor says what is missing\n",
                why);
        return false;
    }
    export_addresses(wired);
    return start_peer(wired, config);
}

void exec_wire_end(struct wired *wired)
{
    peer_end(&wired->peer, end_seconds);
}

void exec_wire_say(const struct wired *wired)
{
    unsigned lost = network_lost(wired->network);
    if (lost > 0)
        fprintf(stderr, "sockproof: the wire was overrun and lost %u packets by itself\n", lost);
    if (wired->peer.ended && wired->peer.status != 0) {
        fprintf(stderr, "sockproof: the peer ended by itself, %s\n", how(wired->peer.status));
        say_last_words(wired);
    }
    if (wired->peer.cut)
        fprintf(stderr, "sockproof: %s ends after %d bytes: the peer said more\n", wired->said,
                SAID_MOST);
    if (network_cut(wired->network))
        fprintf(stderr, "sockproof: the capture ends after %d bytes of packets: there were more\n",
                FRAMES_MAX);
    if (wired->peer.lost != 0)
        fprintf(stderr, "sockproof: %s is not whole: %s\n", wired->said,
                strerror(wired->peer.lost));
}

void exec_wire_close(struct wired *wired)
{
    exec_wire_end(wired);
    if (network_close(wired->network) < 0)
        fprintf(stderr, "sockproof: the capture is not whole: %s\n", strerror(errno));
    settings_free(&wired->settings);
}
