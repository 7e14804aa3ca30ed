/* SPDX-License-Identifier: MIT */
#include "case/casefile.h"

#include "case/catalogue.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define EXAMPLES SOURCE_DIR "/fixtures/examples/cases"

static struct casefile *example(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.yaml", EXAMPLES, name);
    struct casefile *file = casefile_load(path, NULL, true);
    complaints_print(&file->complaints, stderr);
    cr_assert_eq(file->complaints.count, 0, "%s", name);
    return file;
}

/* A case from text, by way of a file of its own. */
static struct casefile *written(const char *text)
{
    char path[] = "/tmp/sockproof-case-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    struct casefile *file = casefile_load(path, NULL, false);
    unlink(path);
    return file;
}

static const struct variant *variant(const struct casefile *file, const char *name)
{
    const struct variant *found = NULL;
    for (size_t i = 0; i < file->variant_count; i++)
        if (strcmp(file->variants[i].name, name) == 0)
            found = &file->variants[i];
    cr_assert_not_null(found, "no variant %s", name);
    return found;
}

static const char *show(const struct casefile *file, const struct node *node)
{
    return node == NULL ? "-" : node_print(file->arena, node);
}

#define HEAD "title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: tcp\n"

Test(casefile, every_example_loads)
{
    struct dirent *entry = NULL;
    DIR *folder = opendir(EXAMPLES);
    size_t files = 0;
    size_t variants = 0;
    while ((entry = readdir(folder)) != NULL) {
        char path[768];
        snprintf(path, sizeof path, "%s/%s", EXAMPLES, entry->d_name);
        if (strstr(entry->d_name, ".yaml") == NULL)
            continue;
        struct casefile *file = casefile_load(path, NULL, true);
        complaints_print(&file->complaints, stderr);
        cr_assert_eq(file->complaints.count, 0, "%s", entry->d_name);
        files++;
        variants += file->variant_count;
        casefile_free(file);
    }
    closedir(folder);
    cr_assert_eq(files, 27);
    cr_assert_eq(variants, 73);
}

Test(casefile, top_level)
{
    struct casefile *file = example("second-listener");
    cr_assert_str_eq(file->id, "second-listener");
    cr_assert_eq(file->transport, TRANSPORT_TCP);
    cr_assert_eq(file->setup, SETUP_NONE);
    cr_assert_eq(file->subject, SUBJECT_STACK);
    cr_assert_eq(file->place, PLACE_ANY);
    cr_assert_eq(file->cite_count, 3);
    cr_assert_str_eq(file->cites[2].id, "posix/bind/EADDRINUSE");
    cr_assert(file->cites[2].known);
    casefile_free(file);
    casefile_free(NULL);
}

Test(casefile, variants_of_families)
{
    struct casefile *file = example("recv-released");
    cr_assert_eq(file->variant_count, 2);
    cr_assert_str_eq(file->variants[0].id, "recv-released[inet]");
    cr_assert_eq(file->variants[1].family, AF_INET6);
    casefile_free(file);
    file = example("hdrincl-fields");
    cr_assert_eq(file->variant_count, 1);
    cr_assert_str_eq(file->variants[0].name, "inet");
    cr_assert_eq(file->setup, SETUP_OPEN);
    casefile_free(file);
}

Test(casefile, variants_of_a_table)
{
    struct casefile *file = example("linger-end");
    cr_assert_eq(file->variant_count, 8);
    const struct variant *one = variant(file, "enabled-zero-inet");
    cr_assert_str_eq(show(file, one->steps[0].param[1]), "{l_onoff: 1, l_linger: 0}");
    cr_assert(node_is(one->steps[3].param[0], "rst"));
    cr_assert(node_is(one->steps[5].expect[EXPECT_errno], "ECONNRESET"));
    casefile_free(file);
    file = example("error-queue");
    cr_assert_eq(file->variant_count, 2);
    cr_assert(node_is(variant(file, "inet6")->steps[1].param[0], "IPV6_RECVERR"));
    casefile_free(file);
}

Test(casefile, variants_of_a_product)
{
    struct casefile *file = written(HEAD "family: inet\n"
                                         "variants: {size: [1, 16KiB], flags: [[], [MSG_PEEK, "
                                         "MSG_OOB]]}\n"
                                         "steps:\n"
                                         "  - server: {recv: {len: $size, flags: $flags}}\n");
    cr_assert_eq(file->variant_count, 4);
    cr_assert_str_eq(file->variants[0].name, "1-none-inet");
    cr_assert_str_eq(file->variants[1].name, "1-MSG_PEEK+MSG_OOB-inet");
    cr_assert_str_eq(file->variants[3].name, "16KiB-MSG_PEEK+MSG_OOB-inet");
    cr_assert_str_eq(show(file, file->variants[3].steps[0].param[1]), "[MSG_PEEK, MSG_OOB]");
    casefile_free(file);
}

Test(casefile, forms_come_out_as_parameters)
{
    struct casefile *file =
        written(HEAD "family: inet\nsteps:\n"
                     "  - client: {setsockopt: {SO_RCVBUF: 16KiB}}\n"
                     "  - client: {setsockopt: {name: SO_RCVBUF, value: 1}}\n"
                     "  - client: {fcntl: F_GETFL, value: {all: [O_NONBLOCK]}}\n"
                     "  - client: {fcntl: {F_SETFL: []}}\n"
                     "  - client: {sigaction: {SIGUSR1: [SA_RESTART]}}\n"
                     "  - client: {send: {text: \"abU\", flags: [MSG_OOB]}}\n"
                     "  - client: {send: {data: {hex: \"00\"}, flags: []}}\n"
                     "  - client: {bind: {host: any, port: 0}}\n"
                     "  - client: {epoll_wait: {}}\n"
                     "  - client: {setsockopt: {IP_MTU_DISCOVER: IP_PMTUDISC_DO}}\n");
    complaints_print(&file->complaints, stderr);
    cr_assert_eq(file->complaints.count, 0);
    static const char *const expected[][2] = {{"SO_RCVBUF", "16KiB"},
                                              {"SO_RCVBUF", "1"},
                                              {"F_GETFL", "-"},
                                              {"F_SETFL", "[]"},
                                              {"SIGUSR1", "[SA_RESTART]"},
                                              {"{text: \"abU\"}", "[MSG_OOB]"},
                                              {"{hex: \"00\"}", "[]"},
                                              {"{host: any, port: 0}", "-"},
                                              {"-", "-"},
                                              {"IP_MTU_DISCOVER", "2"}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct step *step = &file->variants[0].steps[i];
        cr_assert_str_eq(show(file, step->param[0]), expected[i][0]);
        cr_assert_str_eq(show(file, step->param[1]), expected[i][1]);
    }
    casefile_free(file);
}

/* Bytes that are told stand as an event tells them; what a reference stands for is so already. */
Test(casefile, bytes_of_an_option_are_digits_alone_or_a_reference)
{
    struct casefile *file =
        written(HEAD "family: inet\nsteps:\n"
                     "  - client: {getsockopt: IP_OPTIONS, save: {value: whole}}\n"
                     "  - client: {getsockopt: IP_OPTIONS, value: $whole}\n"
                     "  - client: {getsockopt: IP_OPTIONS, value: {hex: $whole}}\n"
                     "  - client: {getsockopt: IP_OPTIONS, value: {hex: \"01 0A\"}}\n");
    complaints_print(&file->complaints, stderr);
    cr_assert_eq(file->complaints.count, 0);
    static const char *const expected[] = {"-", "$whole", "{hex: $whole}", "{hex: \"010a\"}"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct step *step = &file->variants[0].steps[i];
        cr_assert_str_eq(show(file, step->expect[EXPECT_value]), expected[i]);
    }
    casefile_free(file);
}

Test(casefile, sources_are_the_lines_of_the_file)
{
    struct casefile *file = example("partial-send");
    cr_assert_str_eq(file->variants[0].steps[4].source, "client: {fill: 64KiB, errno: EAGAIN}");
    cr_assert_eq(file->variants[0].steps[4].number, 5);
    cr_assert_eq(file->variants[0].steps[4].mark.line, 9);
    casefile_free(file);
    file = example("gather-scatter-pktinfo");
    cr_assert_str_eq(
        variant(file, "inet")->steps[2].source,
        "server: {recvmsg: {iov: [4, 64], control: 128}, returns: 12, data: [\"onef\", "
        "\"ourteenx\"], from: client, msg_flags: [], control: [{type: IP_PKTINFO, "
        "addr: server, ifindex: {above: 0}}]}");
    casefile_free(file);
}

Test(casefile, needs_of_the_wire)
{
    static const struct {
        const char *name;
        bool wire;
    } expected[] = {{"recv-released", false},
                    {"syn-lost", true},
                    {"icmp-echo", true},
                    {"every-third-lost", true}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct casefile *file = example(expected[i].name);
        cr_assert_eq(file->variants[0].needs_wire, expected[i].wire, "%s", expected[i].name);
        casefile_free(file);
    }
}

Test(casefile, port_of_a_program)
{
    struct casefile *file = example("curl-reset");
    cr_assert_eq(file->port, 0);
    cr_assert_not(file->variants[0].needs_wire);
    casefile_free(file);
    file = written(HEAD "subject: program\nport: 3306\nprograms: [curl]\nsetup: none\nsteps:\n"
                        "  - client: {run: [curl]}\n");
    cr_assert_eq(file->port, 3306);
    cr_assert(file->variants[0].needs_wire);
    casefile_free(file);
}

Test(casefile, what_is_good_and_not_carried_out_is_remarked_at_its_place)
{
    struct casefile *file = written("title: A case\ncites: [posix/recv/ECONNRESET]\n"
                                    "transport: sctp\npeer: wire\nsteps:\n"
                                    "  - client: {send: \"x\"}\n");
    cr_assert_eq(file->complaints.count, 0);
    cr_assert_gt(file->variant_count, 0);
    cr_assert_eq(file->remarks.count, 1, "once for all variants");
    cr_assert_eq(file->remarks.first->code, CODE_NOT_CARRIED);
    cr_assert_eq(file->remarks.first->mark.column, 7);
    casefile_free(file);
    file = written(HEAD "steps:\n  - client: {send: \"x\"}\n");
    cr_assert_eq(file->remarks.count, 0);
    casefile_free(file);
}

Test(casefile, reasons_to_skip)
{
    struct casefile *file = example("sctp-streams");
    cr_assert_eq(file->variants[0].skip.code, CODE_NONE);
    cr_assert(file->variants[0].needs_wire);
    casefile_free(file);
    file = written("title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: tcp\n"
                   "subject: program\nsetup: none\nprograms: [sh, no-such-program]\nsteps:\n"
                   "  - client: {run: [sh]}\n");
    cr_assert_eq(file->variants[0].skip.code, CODE_PROGRAM_MISSING);
    cr_assert_str_eq(file->variants[0].skip.reason,
                     "no-such-program is not installed: apt-get install no-such-program, or "
                     "./sockproof run --with programs");
    casefile_free(file);
    file = written("title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: sctp\n"
                   "peer: wire\nsteps:\n  - client: {send: \"x\"}\n");
    cr_assert_eq(file->variants[0].skip.code, CODE_NOT_CARRIED);
    cr_assert_str_eq(file->variants[0].skip.reason,
                     "'peer' with SCTP is not carried out by this build");
    casefile_free(file);
    file = example("recv-eintr");
    cr_assert_eq(file->variants[0].skip.code, CODE_NONE);
    casefile_free(file);
}

Test(casefile, faults_and_expectations)
{
    struct casefile *file = example("every-third-lost");
    const struct variant *one = &file->variants[0];
    cr_assert_eq(one->fault_count, 1);
    cr_assert_str_eq(one->faults[0].name, "third");
    cr_assert(node_is(one->faults[0].wire, "client"));
    cr_assert_null(one->faults[0].call);
    cr_assert(node_is(node_get(one->faults[0].when, "every"), "3"));
    cr_assert(node_is(node_get(one->fired, "third"), "4"));
    cr_assert(node_is(node_get(one->delivery, "lost"), "4"));
    cr_assert_null(one->never);
    casefile_free(file);
}

Test(casefile, ids_begin_below_the_last_folder_called_cases)
{
    struct casefile *file = casefile_load("x/cases/y/cases/tcp/close/z.yaml", NULL, false);
    cr_assert_str_eq(file->id, "tcp/close/z");
    cr_assert_eq(file->complaints.count, 1);
    cr_assert_eq(file->variant_count, 0);
    casefile_free(file);
    file = casefile_load("./mycases/z.yml", NULL, false);
    cr_assert_str_eq(file->id, "mycases/z");
    casefile_free(file);
}

Test(casefile, citations)
{
    struct catalogue *catalogue = catalogue_load(SOURCE_DIR "/fixtures/catalogue", stderr);
    cr_assert_not_null(catalogue);
    const char *path = SOURCE_DIR "/fixtures/lint/citation.yaml";
    struct casefile *file = casefile_load(path, catalogue, false);
    cr_assert_eq(file->complaints.count, 0);
    cr_assert(file->cites[0].known);
    cr_assert_not(file->cites[1].known);
    casefile_free(file);
    file = casefile_load(path, catalogue, true);
    cr_assert_eq(file->complaints.count, 1);
    cr_assert_str_eq(code_word(file->complaints.first->code), "unknown-citation");
    cr_assert_str_eq(file->complaints.first->advice, "did you mean 'posix/recv/ECONNRESET'?");
    casefile_free(file);
    catalogue_free(catalogue);
}

Test(casefile, one_host_is_loopback_and_no_wire)
{
    struct casefile *file = written(HEAD "hosts: 1\nsteps:\n  - client: {send: x}\n");
    cr_assert_eq(file->complaints.count, 0);
    cr_assert_eq(file->place, PLACE_LOOPBACK);
    casefile_free(file);
    file = written(HEAD "hosts: 2\nsteps:\n  - client: {send: x}\n");
    cr_assert_eq(file->place, PLACE_ANY);
    casefile_free(file);
    file = written(HEAD "hosts: 1\nplace: wire\nsteps:\n  - client: {send: x}\n");
    cr_assert_eq(file->complaints.count, 1);
    casefile_free(file);
}

Test(casefile, one_that_the_reader_fails_at_has_that_complaint_and_nothing_else)
{
    struct casefile *failed = casefile_failed("cases/tcp/x.yaml", "Segmentation fault");
    cr_assert_str_eq(failed->id, "tcp/x");
    cr_assert(failed->complaints.count == 1 && failed->variant_count == 0);
    cr_assert_eq(failed->complaints.first->code, CODE_READER_FAILED);
    cr_assert_str_eq(failed->complaints.first->message,
                     "sockproof fails at this file: Segmentation fault");
    casefile_free(failed);
}
