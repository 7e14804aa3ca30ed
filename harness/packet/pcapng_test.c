/* SPDX-License-Identifier: MIT */
#include "packet/draft.h"
#include "packet/pcapng.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t udp_frame(uint8_t frame[FRAME_MAX], size_t payload)
{
    static uint8_t zeros[64];
    struct draft draft;
    draft_begin(&draft, AF_INET);
    draft_set(&draft, "ip", "ttl", 64);
    draft_set(&draft, "udp", "sport", 1000);
    draft_set(&draft, "udp", "dport", 2000);
    inet_pton(AF_INET6, "::ffff:10.0.0.1", &draft.source);
    inet_pton(AF_INET6, "::ffff:10.0.0.2", &draft.destination);
    draft.payload = zeros;
    draft.payload_size = payload;
    memset(frame, 0, ETHER_HEADER);
    frame[12] = 8;
    return ETHER_HEADER + (size_t)draft_build(&draft, frame + ETHER_HEADER, 200);
}

static void write_file(const char *path)
{
    uint8_t frame[FRAME_MAX];
    struct pcapng *file = pcapng_create(path, "udp/delivery/example[inet]");
    cr_assert_not_null(file);
    for (size_t i = 0; i < 4; i++) {
        size_t size = udp_frame(frame, i);
        uint64_t time = UINT64_C(1700000000123456789) + i;
        cr_assert_eq(pcapng_add(file, i & 1 ? SIDE_SERVER : SIDE_CLIENT, time, frame, size,
                                i == 3 ? NULL : (const char *[]){"one", "two2", "three"}[i]),
                     0);
    }
    cr_assert_eq(pcapng_close(file), 0);
}

/* What a command says, both streams. */
static const char *output_of(const char *format, const char *path)
{
    static char text[8192];
    char command[512];
    snprintf(command, sizeof command, format, path);
    FILE *pipe = popen(command, "re");
    cr_assert_not_null(pipe);
    text[fread(text, 1, sizeof text - 1, pipe)] = '\0';
    cr_assert_eq(pclose(pipe), 0, "%s: %s", command, text);
    return text;
}

static void temporary(char path[64])
{
    strcpy(path, "/tmp/pcapng_test_XXXXXX");
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
}

Test(pcapng, is_made_of_whole_blocks)
{
    char path[64];
    uint32_t block[2];
    int packets = 0;
    temporary(path);
    write_file(path);
    FILE *file = fopen(path, "rbe");
    while (fread(block, sizeof block, 1, file) == 1) {
        uint32_t last = 0;
        cr_assert_eq(block[1] % 4, 0);
        cr_assert_eq(fseek(file, (long)block[1] - 12, SEEK_CUR), 0);
        cr_assert_eq(fread(&last, sizeof last, 1, file), 1);
        cr_assert_eq(last, block[1]);
        packets += block[0] == 6 ? 1 : 0;
    }
    cr_assert_eq(packets, 4);
    fclose(file);
    unlink(path);
}

Test(pcapng, tshark_reads_it_without_complaint)
{
    char path[64];
    if (access("/usr/bin/tshark", X_OK) != 0)
        cr_skip_test("no tshark");
    temporary(path);
    write_file(path);
    /* tshark's own remark about running as root is not about the file. */
    const char *said = output_of("LC_ALL=C /usr/bin/tshark -n -r %s -T fields -e frame.comment "
                                 "-e frame.interface_name -e frame.time_epoch -e udp.length "
                                 "2>&1 | grep -v 'Running as user'",
                                 path);
    cr_assert_str_eq(said, "one\tclient\t1700000000.123456789\t8\n"
                           "two2\tserver\t1700000000.123456790\t9\n"
                           "three\tclient\t1700000000.123456791\t10\n"
                           "\tserver\t1700000000.123456792\t11\n");
    unlink(path);
}

Test(pcapng, capinfos_knows_interfaces_and_title)
{
    char path[64];
    if (access("/usr/bin/capinfos", X_OK) != 0)
        cr_skip_test("no capinfos");
    temporary(path);
    write_file(path);
    const char *said = output_of("LC_ALL=C /usr/bin/capinfos %s 2>&1", path);
    cr_assert_not_null(strstr(said, "Number of interfaces in file: 2"));
    cr_assert_not_null(strstr(said, "udp/delivery/example[inet]"));
    unlink(path);
}

Test(pcapng, place_that_cannot_be_written_is_an_error)
{
    cr_assert_null(pcapng_create("/proc/no/such", "title"));
    struct pcapng *file = pcapng_create("/dev/full", "title");
    cr_assert_not_null(file);
    cr_assert_eq(pcapng_close(file), -1);
}
