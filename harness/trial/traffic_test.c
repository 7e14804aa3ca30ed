/* SPDX-License-Identifier: MIT */
#include "trial/traffic.h"

#include <criterion/criterion.h>

static void expect_name(const char *variant, const char *stack, const char *wanted)
{
    char name[128];
    capture_name(name, sizeof name, variant, stack);
    cr_assert_str_eq(name, wanted, "%s on %s: %s, not %s", variant, stack, name, wanted);
}

Test(line, a_capture_is_called_by_its_variant_and_its_stack)
{
    expect_name("tcp/connect/refused[inet]", "linux", "capture/tcp.connect.refused[inet].pcapng");
    expect_name("must-fail[inet6]", "lwip", "capture/must-fail[inet6]@lwip.pcapng");
}

/* Artifact stores take no file with a colon in its name. */
Test(line, the_version_of_a_guest_is_no_colon_in_a_file_name)
{
    expect_name("udp/a[inet]", "uml:6.1", "capture/udp.a[inet]@uml-6.1.pcapng");
}

/* Of a case that was given by an absolute path, or by one that leads upwards. */
Test(line, a_capture_is_no_hidden_file)
{
    expect_name("/tmp/x[inet]", "linux", "capture/_tmp.x[inet].pcapng");
    expect_name("../x[inet]", "lwip", "capture/_..x[inet]@lwip.pcapng");
}
