/* SPDX-License-Identifier: MIT */
#include "engine/exec_wire.h"

#include "engine/captured.h"

#include <string.h>

static struct config config;
static struct faultplan plan;

static void end(void)
{
    faultplan_free(&plan);
}

TestSuite(exec_wire, .fini = end);

static void makes_sense(void)
{
    captured_begin(stderr);
    bool sense = exec_wire_makes_sense(&config, &plan);
    cr_assert_str_eq(captured_end(), "");
    cr_assert(sense);
}

/* It makes none, and says why. */
static void makes_none(const char *why)
{
    captured_begin(stderr);
    bool sense = exec_wire_makes_sense(&config, &plan);
    const char *text = captured_end();
    cr_assert_not(sense);
    cr_assert_not_null(strstr(text, why), "%s", text);
}

Test(exec_wire, a_wire_needs_a_peer)
{
    config.exec.wire = true;
    makes_none("--wire needs --peer");
    config.exec.peer = "cat";
    makes_sense();
    config.capture = true;
    makes_sense();
}

Test(exec_wire, what_is_about_the_wire_needs_one)
{
    makes_sense();
    config.exec.peer = "cat";
    makes_none("--peer and --ready are about --wire");
    config.exec = (struct exec_options){.ready = "started"};
    makes_none("--peer and --ready are about --wire");
    config.exec = (struct exec_options){.wire = false};
    config.capture = true;
    makes_none("--capture is about --wire");
}

Test(exec_wire, a_fault_of_the_wire_needs_one)
{
    cr_assert(faultplan_add_text(&plan, "wire drop data", stderr));
    makes_none("a fault of the wire needs --wire");
    config.exec = (struct exec_options){.wire = true, .peer = "cat"};
    makes_sense();
}

Test(exec_wire, what_is_waited_for_is_neither_empty_nor_endless)
{
    char text[202];
    config.exec = (struct exec_options){.wire = true, .peer = "cat", .ready = text};
    memset(text, 'x', sizeof text);
    text[0] = '\0';
    makes_none("--ready takes");
    text[0] = 'x';
    text[201] = '\0';
    makes_none("--ready takes");
    text[200] = '\0';
    makes_sense();
}
