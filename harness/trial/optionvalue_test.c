/* SPDX-License-Identifier: MIT */
#include "trial/optionvalue.h"

#include "case/constant.h"
#include "case/limit.h"
#include "case/structure.h"
#include "stack/stacks.h"
#include "trial/sample.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* Forms of a value that a case may try; what lint takes must come to an argument of the right size.
 */
static const char *const forms[] = {
    "1",
    "16KiB",
    "-1",
    "10ms",
    "IP_PMTUDISC_DO",
    "SCTP_UNORDERED",
    "AF_INET",
    "text",
    "server",
    "any",
    "239.1.2.3",
    "\"ff02::1\"",
    "{hex: \"01 02\"}",
    "{text: abc}",
    "{zeros: 8}",
    "{zeros: 600}",
    "[1, 2]",
    "[SCTP_UNORDERED]",
    "{l_onoff: 1, l_linger: 2}",
    "{l_onoff: 1}",
    "{imr_multiaddr: 239.1.2.3, imr_interface: server}",
    "{imr_multiaddr: 239.1.2.3}",
    "{imr_multiaddr: \"ff02::1\"}",
    "{imr_multiaddr: 239.1.2.3, imr_interface: server, imr_sourceaddr: client}",
    "{ipv6mr_multiaddr: \"ff02::1\", ipv6mr_interface: 2}",
    "{ipi6_addr: client, ipi6_ifindex: 0}",
    "{clockid: 11, flags: 0}",
    "{ip6m_mtu: 1500}",
    "{srto_initial: 100, max: 200}",
    "{srs_flags: SCTP_STREAM_RESET_OUTGOING, srs_stream_list: [1, 2, 3]}",
    "{se_type: SCTP_ASSOC_CHANGE, se_on: 1}",
    "{assoc_value: 7}",
    "{spp_address: server, spp_flags: [SPP_HB_ENABLE, SPP_PMTUD_DISABLE]}",
    "{value: 1}",
    "{assoc_id: 0}",
    "{sinit_num_ostreams: 2}",
    "{nothing: 1}",
};
enum { FORMS = sizeof forms / sizeof *forms };

static char *case_of(char *out, size_t size, const struct option *option, const char *form)
{
    snprintf(out, size,
             "title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: %s\nfamily: inet\n"
             "setup: none\nsteps:\n  - client: {socket: SOCK_STREAM}\n"
             "  - client: {setsockopt: {name: %s, value: %s}}\n",
             option->type == OPTION_SCTP ? "sctp" : "tcp", option->name, form);
    return out;
}

static bool lint_takes(const char *text)
{
    struct casefile *file = casefile_parse("cases/x.yaml", text, strlen(text), NULL, false);
    bool takes = file->variant_count > 0;
    casefile_free(file);
    return takes;
}

/* The bytes that setsockopt is to be given. */
static size_t written(const char *text, const struct option *option, const struct stack *stack,
                      void *out)
{
    struct sample *sample = sample_new(text);
    sample->stage.stack = stack;
    const struct step *step = &sample->trial.variant->steps[1];
    size_t size = optionvalue_write(&sample->trial, option, step->param[1], out);
    cr_expect(judgement_good(&sample->trial.judgement), "%s: %s", text,
              sample->trial.judgement.reason);
    sample_free(sample);
    return size;
}

static size_t right_size(const struct option *option)
{
    return option->type == OPTION_STAMPING || option->type == OPTION_TCPINFO ||
                   option->type == OPTION_MTUINFO6
               ? sizeof(int)
               : structure_size(option->type);
}

Test(optionvalue, what_lint_takes_comes_to_an_argument_of_the_right_size)
{
    char text[1024];
    unsigned char out[OPTION_ROOM];
    int taken = 0;
    for (const struct option *one = option_table(); one->name != NULL; one++) {
        int before = taken;
        for (size_t i = 0; i < FORMS; i++) {
            if (one->type == OPTION_SCTP || !lint_takes(case_of(text, sizeof text, one, forms[i])))
                continue;
            taken++;
            size_t size = written(text, one, stacks_find("linux"), out);
            size_t right = right_size(one);
            cr_expect(right != 0 ? size == right : size > 0, "%s: %s: %zu bytes, not %zu",
                      one->name, forms[i], size, right);
        }
        cr_expect(taken > before || one->type == OPTION_SCTP || one->type == OPTION_UNBUILT,
                  "nothing can be given to %s", one->name);
        cr_expect(one->type != OPTION_UNBUILT || taken == before, "%s", one->name);
    }
    cr_expect_gt(taken, 600);
}

/* An option of SCTP that a stack has comes to its structure, and what stands behind it. */
static int check_sctp(const struct option *option, const struct stack *stack)
{
    char text[1024];
    unsigned char out[OPTION_ROOM];
    int taken = 0;
    const struct sctp_layout *layout =
        sctp_layout_find(stack->sctp->dialect->options, option->name);
    for (size_t i = 0; i < FORMS && layout != NULL; i++) {
        if (!lint_takes(case_of(text, sizeof text, option, forms[i])))
            continue;
        bool list = strstr(forms[i], "srs_stream_list") != NULL;
        bool strange = sctp_constant_find(stack->sctp->dialect, forms[i]) == NULL &&
                       strncmp(forms[i], "SCTP_", 5) == 0;
        taken++;
        if (!strange)
            cr_expect_eq(written(text, option, stack, out), layout->size + (list ? 6 : 0), "%s: %s",
                         option->name, forms[i]);
    }
    return taken;
}

Test(optionvalue, of_sctp_too_on_every_stack_that_has_it)
{
    static const char *const names[] = {"linux", "usrsctp"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct stack *stack = stacks_find(names[i]);
        for (const struct option *one = option_table(); one->name != NULL; one++) {
            bool has = one->type == OPTION_SCTP &&
                       sctp_layout_find(stack->sctp->dialect->options, one->name) != NULL;
            cr_expect(!has || check_sctp(one, stack) > 0, "nothing can be given to %s", one->name);
        }
    }
}

Test(optionvalue, a_list_of_streams_stands_behind_its_structure)
{
    unsigned char out[OPTION_ROOM];
    const struct option *option = option_find("SCTP_RESET_STREAMS");
    char text[1024];
    case_of(text, sizeof text, option, "{srs_flags: 2, srs_stream_list: [7, 9]}");
    cr_assert_eq(written(text, option, stacks_find("linux"), out), 12);
    cr_assert_eq(memcmp(out, "\0\0\0\0\2\0\2\0\7\0\11\0", 12), 0);
}

/* What the kernel itself says of the options that every socket has. */
Test(optionvalue, a_value_that_getsockopt_gives_has_the_length_that_is_judged)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int asked = 0;
    for (const struct option *one = option_table(); one->name != NULL; one++) {
        char bytes[OPTION_ROOM];
        socklen_t length = sizeof bytes;
        size_t right = structure_size(one->type);
        if (right == 0 || one->type == OPTION_SCTP ||
            getsockopt(fd, one->level, one->number, bytes, &length) < 0)
            continue;
        asked++;
        cr_expect_eq(length, right, "%s: %u bytes, not %zu", one->name, length, right);
    }
    close(fd);
    cr_expect_gt(asked, 60);
}

Test(optionvalue, another_length_is_no_value)
{
    static const char head[] = "title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: tcp\n"
                               "steps:\n  - client: {getsockopt: SO_TYPE, value: SOCK_STREAM}\n";
    struct sample *sample = sample_new(head);
    int value = SOCK_STREAM;
    int64_t type = (int64_t)SOL_SOCKET << 32 | SO_TYPE;
    json_t *whole = optionvalue_json(&sample->trial, type, &value, sizeof value);
    json_t *cut = optionvalue_json(&sample->trial, type, &value, 2);
    int64_t info = (int64_t)IPPROTO_TCP << 32 | TCP_INFO;
    int64_t options = (int64_t)IPPROTO_IP << 32 | IP_OPTIONS;
    json_t *empty = optionvalue_json(&sample->trial, options, &value, 0);
    cr_expect_null(optionvalue_json(&sample->trial, info, &value, 0), "no bytes are no value");
    cr_expect_str_eq(json_string_value(json_object_get(empty, "hex")), "", "but of bytes");
    json_decref(empty);
    cr_assert_str_eq(json_string_value(whole), "SOCK_STREAM");
    cr_assert_str_eq(json_string_value(cut), "2 bytes, where SO_TYPE has 4");
    json_decref(whole);
    json_decref(cut);
    sample_free(sample);
}
