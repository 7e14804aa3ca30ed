/* SPDX-License-Identifier: MIT */
#include "engine/config.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <string.h>

enum { WORDS = 64 };

/* Reads the words, the last one NULL, as the options of a command. */
static bool read_words(struct config *config, const char *const *words)
{
    static char text[WORDS][64];
    static char *argv[WORDS + 1] = {"run"}; /* paths point into it */
    int argc = 1;
    for (; words[argc - 1] != NULL && argc < WORDS; argc++) {
        snprintf(text[argc], sizeof text[argc], "%s", words[argc - 1]);
        argv[argc] = text[argc];
    }
    argv[argc] = NULL;
    return config_read(config, argc, argv);
}

#define READ(config, ...) read_words(config, (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

Test(config, what_is_not_said_has_its_default)
{
    struct config config;
    cr_assert(READ(&config));
    cr_assert_str_eq(config.root, ".");
    cr_assert_str_eq(config.report, "reports/latest");
    cr_assert(config.seed == 1 && config.repeat == 1 && config.workers == 0);
    cr_assert(config.max_skips == -1 && config.slow_factor == 1);
    cr_assert(config.case_limit == 120 && config.boot_limit == 120);
    cr_assert(config.place == WHERE_AUTO && config.lie == NULL && config.stream == NULL);
    cr_assert(!config.allow_programs && !config.allow_commands && !config.allow_network);
    cr_assert(!config.stack_given && config.stack_count == 2);
    cr_assert_str_eq(config.stacks[0], "linux");
    cr_assert_str_eq(config.stacks[1], "usrsctp");
    cr_assert_eq(config.path_count, 0);
}

Test(config, options_are_taken_and_paths_are_left)
{
    struct config config;
    cr_assert(READ(&config, "--seed", "0x10", "--place", "loopback", "--workers", "64", "--repeat",
                   "3", "--max-skips", "0", "--slow-factor", "2.5", "--case-limit", "9",
                   "--boot-limit", "8", "--capture", "--stop-at-first", "--json", "--cites-lenient",
                   "--allow-programs", "--allow-commands", "--allow-network", "--lie", "recv/errno",
                   "--stream", "/dev/x", "--select", "-", "--root", "r", "--report", "p", "cases/a",
                   "cases/b"));
    cr_assert(config.seed == 16 && config.place == WHERE_LOOPBACK && config.workers == 64);
    cr_assert(config.repeat == 3 && config.max_skips == 0 && config.slow_factor == 2.5);
    cr_assert(config.case_limit == 9 && config.boot_limit == 8);
    cr_assert(config.capture && config.stop_at_first && config.json && config.lenient);
    cr_assert(config.allow_programs && config.allow_commands && config.allow_network);
    cr_assert_str_eq(config.lie, "recv/errno");
    cr_assert_str_eq(config.stream, "/dev/x");
    cr_assert_str_eq(config.select, "-");
    cr_assert_str_eq(config.root, "r");
    cr_assert_str_eq(config.report, "p");
    cr_assert_eq(config.path_count, 2);
    cr_assert_str_eq(config.paths[1], "cases/b");
}

Test(config, a_stack_that_is_named_twice_takes_part_once)
{
    struct config config;
    cr_assert(READ(&config, "--stack", "lwip", "--stack", "uml:6.1", "--stack", "lwip"));
    cr_assert(config.stack_given && config.stack_count == 2);
    cr_assert_str_eq(config.stacks[0], "lwip");
    cr_assert_str_eq(config.stacks[1], "uml:6.1");
}

#define TAKES(config, given)                                                                       \
    do {                                                                                           \
        snprintf(words, sizeof words, "%s", given);                                                \
        cr_expect(READ(&(config), "--stack", words), "%s", given);                                 \
    } while (0)
#define REFUSES(given)                                                                             \
    do {                                                                                           \
        snprintf(words, sizeof words, "%s", given);                                                \
        cr_expect(!READ(&config, "--stack", words), "%s", given);                                  \
    } while (0)

Test(config, a_stack_of_a_file_has_a_name_that_a_file_may_have)
{
    struct config config;
    char words[128];
    TAKES(config, "my-stack_2.1=so:./a=b.so,argument");
    cr_assert_str_eq(config.stacks[0], "my-stack_2.1");
    cr_assert_str_eq(config.plugin[0], "so:./a=b.so,argument");
    TAKES(config, "lwip");
    cr_assert_null(config.plugin[0]);
    REFUSES("=so:a.so");
    REFUSES("-a=so:a.so");
    REFUSES("a/b=so:a.so");
    REFUSES("a@b=so:a.so");
    REFUSES("all=so:a.so");
    REFUSES("a=so:");
    REFUSES("a=preload:");
    char one[] = "a=so:a.so";
    char same[] = "a=so:a.so";
    char other[] = "a=so:b.so";
    cr_assert(READ(&config, "--stack", one, "--stack", same));
    cr_assert_eq(config.stack_count, 1);
    snprintf(one, sizeof one, "a=so:a.so");
    cr_assert(!READ(&config, "--stack", one, "--stack", other));
}

Test(config, a_stack_behind_a_command)
{
    struct config config;
    char words[128];
    TAKES(config, "box=exec:ssh host 'a=b' relay");
    cr_assert_str_eq(config.stacks[0], "box");
    cr_assert_str_eq(config.command[0], "ssh host 'a=b' relay");
    cr_assert_null(config.plugin[0]);
    REFUSES("box=exec:");
    REFUSES("all=exec:relay");
    REFUSES("box=relay");
    char one[] = "a=exec:b";
    char other[] = "a=so:b";
    cr_assert(!READ(&config, "--stack", one, "--stack", other));
}

Test(config, a_stack_on_another_machine)
{
    struct config config;
    char words[128];
    TAKES(config, "board=ssh:root@board,port=2222");
    cr_assert_str_eq(config.stacks[0], "board");
    cr_assert_str_eq(config.far[0], "root@board,port=2222");
    cr_assert(config.plugin[0] == NULL && config.command[0] == NULL);
    REFUSES("board=ssh:");
    REFUSES("all=ssh:board");
    char one[] = "a=ssh:b";
    char other[] = "a=ssh:c";
    cr_assert(!READ(&config, "--stack", one, "--stack", other));
    cr_assert(READ(&config, "--held", "30", "--below", "cases", "--stream", "-"));
    cr_assert_eq(config.held, 30);
    cr_assert_str_eq(config.below, "cases");
    cr_assert(!READ(&config, "--held", "0"));
}

Test(config, what_exec_takes)
{
    struct config config;
    cr_assert(READ(&config, "--plan", "p.yaml", "--fault", "recv cap 1", "--fault", "send cap 2",
                   "--lenient", "--record", "--list-points", "--quiet", "--timeout", "0.5",
                   "--wire", "--peer", "cat", "--ready", "started", "--replay", "log", "--", "curl",
                   "--quiet"));
    const struct exec_options *exec = &config.exec;
    cr_assert_str_eq(exec->plan, "p.yaml");
    cr_assert_eq(exec->fault_count, 2);
    cr_assert_str_eq(exec->fault[1], "send cap 2");
    cr_assert(exec->lenient && exec->record && exec->list_points && exec->quiet && exec->wire);
    cr_assert_eq(exec->timeout, 0.5);
    cr_assert_str_eq(exec->peer, "cat");
    cr_assert_str_eq(exec->ready, "started");
    cr_assert_str_eq(exec->replay, "log");
    cr_assert_eq(config.path_count, 2);
    cr_assert_str_eq(config.paths[1], "--quiet");
}

/* One option with that value is refused, and said so. */
static void refuses(const char *option, const char *value)
{
    struct config config;
    cr_assert_not(READ(&config, option, value), "%s %s", option, value);
    cr_assert_neq(ftell(stderr), 0, "%s %s", option, value);
}

static void takes(const char *option, const char *value)
{
    struct config config;
    cr_assert(READ(&config, option, value), "%s %s", option, value);
}

Test(config, numbers_have_bounds)
{
    static const struct {
        const char *option, *least, *below, *most, *above;
    } numbers[] = {{"--workers", "1", "0", "64", "65"},
                   {"--repeat", "1", "0", "1000000", "1000001"},
                   {"--max-skips", "0", "-1", "1000000", "1000001"},
                   {"--case-limit", "1", "0", "86400", "86401"},
                   {"--boot-limit", "1", "0", "86400", "86401"},
                   {"--slow-factor", "0.1", "0.09", "1000", "1001"},
                   {"--timeout", "0.001", "0", "86400", "86401"},
                   {"--seed", "0", "-1", "18446744073709551615", "18446744073709551616"}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        takes(numbers[i].option, numbers[i].least);
        takes(numbers[i].option, numbers[i].most);
        refuses(numbers[i].option, numbers[i].below);
        refuses(numbers[i].option, numbers[i].above);
        refuses(numbers[i].option, "7x");
        refuses(numbers[i].option, "");
    }
}

Test(config, words_are_those_there_are)
{
    takes("--place", "auto");
    takes("--place", "wire");
    refuses("--place", "here");
    refuses("--no-such-option", "x");
}

Test(config, lists_end)
{
    struct config config;
    const char *words[2 * (EXEC_FAULTS + 1) + 1] = {NULL};
    char stacks[STACKS_MAX + 1][8];
    for (int i = 0; i <= EXEC_FAULTS; i++) {
        words[2 * (size_t)i] = "--fault";
        words[2 * (size_t)i + 1] = "recv cap 1";
    }
    cr_assert_not(read_words(&config, words));
    for (int i = 0; i <= STACKS_MAX; i++) {
        snprintf(stacks[i], sizeof stacks[i], "s%d", i);
        words[2 * (size_t)i] = "--stack";
        words[2 * (size_t)i + 1] = stacks[i];
    }
    words[2 * (size_t)STACKS_MAX] = NULL;
    cr_assert(read_words(&config, words));
    words[2 * (size_t)STACKS_MAX] = "--stack";
    cr_assert_not(read_words(&config, words));
}
