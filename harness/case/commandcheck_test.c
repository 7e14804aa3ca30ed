/* SPDX-License-Identifier: MIT */
#include "case/commandcheck.h"

#include "case/casefile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* What is complained about first of a case whose one step that is, or "". */
static const char *message_of(const char *step)
{
    static char message[256];
    char text[512];
    snprintf(text, sizeof text,
             "title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: tcp\nsteps:\n"
             "  - client: {%s}\n",
             step);
    struct casefile *file = casefile_parse("cases/x.yaml", text, strlen(text), NULL, false);
    const struct complaint *first = file->complaints.first;
    snprintf(message, sizeof message, "%s", first != NULL ? first->message : "");
    casefile_free(file);
    return message;
}

#define TAKES(step) cr_expect_str_eq(message_of(step), "", "%s", step)
#define REFUSES(step, message) cr_expect_str_eq(message_of(step), message, "%s", step)

Test(commandcheck, one_that_reads_takes_nothing)
{
    TAKES("fcntl: F_GETFL");
    TAKES("ioctl: SIOCGSTAMP, errno: ENOENT");
    TAKES("ioctl: {request: FIONREAD}, value: 0");
    REFUSES("fcntl: {F_GETFL: 1}", "'F_GETFL' takes nothing");
    REFUSES("fcntl: {cmd: F_GETOWN, arg: self}", "'F_GETOWN' takes nothing");
    REFUSES("ioctl: {FIONREAD: 0}", "'FIONREAD' takes nothing");
}

Test(commandcheck, one_that_sets_is_given_what_it_sets)
{
    TAKES("fcntl: {F_SETFL: []}");
    TAKES("fcntl: {F_SETFD: [FD_CLOEXEC]}");
    TAKES("ioctl: {FIONBIO: 1}");
    TAKES("ioctl: {FIOSETOWN: self}");
    TAKES("ioctl: {SIOCSPGRP: -1}, errno: ESRCH");
    REFUSES("fcntl: F_SETFL", "'F_SETFL' takes flags ([O_NONBLOCK])");
    REFUSES("fcntl: F_SETOWN", "'F_SETOWN' takes self, or a number");
    REFUSES("ioctl: FIONBIO", "'FIONBIO' takes a number (an int)");
    REFUSES("ioctl: {request: SIOCSPGRP}", "'SIOCSPGRP' takes self, or a number (an int)");
}

Test(commandcheck, a_duplicate_may_be_the_lowest)
{
    TAKES("fcntl: F_DUPFD");
    TAKES("fcntl: {F_DUPFD_CLOEXEC: 100}");
}

Test(commandcheck, a_number_that_is_no_int_is_none)
{
    TAKES("ioctl: {FIONBIO: -2147483648}");
    TAKES("ioctl: {FIONBIO: 2147483647}");
    cr_expect_neq(*message_of("ioctl: {FIONBIO: 2147483648}"), '\0');
    cr_expect_neq(*message_of("ioctl: {FIOSETOWN: 4294967297}"), '\0');
}

Test(commandcheck, what_was_given_is_no_value)
{
    REFUSES("ioctl: {FIONBIO: 1}, value: 1", "'FIONBIO' gives no value back");
    TAKES("ioctl: FIOGETOWN, value: 0");
    TAKES("fcntl: {F_SETOWN: self}, value: 0");
}
