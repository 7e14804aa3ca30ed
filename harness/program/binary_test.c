/* SPDX-License-Identifier: MIT */
#include "program/binary.h"

#include <criterion/criterion.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/binary_test.XXXXXX";

static void setup(void)
{
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
}

static void teardown(void)
{
    unlink("program");
    unlink("script");
    rmdir(folder);
}

TestSuite(binary, .init = setup, .fini = teardown);

static void write_file(const char *name, const void *bytes, size_t size)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0700);
    cr_assert_eq(write(fd, bytes, size), (ssize_t)size);
    close(fd);
}

/* An ELF file of that class with one segment of that type, and a section of that name that holds
   some names. */
static void write_elf(int class, uint32_t type, const char *section)
{
    struct {
        Elf64_Ehdr head;
        Elf64_Phdr segment;
        Elf64_Shdr sections[2]; /* that of names, and the one */
        char names[32], content[32];
    } file = {.head = {.e_phoff = sizeof file.head,
                       .e_phnum = 1,
                       .e_shoff = sizeof file.head + sizeof file.segment,
                       .e_shnum = 2},
              .segment = {.p_type = type},
              .content = "libc.so.6\0liburing.so.2"};
    size_t names = (size_t)((char *)file.names - (char *)&file);
    size_t content = (size_t)((char *)file.content - (char *)&file);
    memcpy(file.head.e_ident, ELFMAG, SELFMAG);
    file.head.e_ident[EI_CLASS] = (unsigned char)class;
    snprintf(file.names + 1, sizeof file.names - 1, "%s", section);
    file.sections[0] = (Elf64_Shdr){.sh_offset = names, .sh_size = sizeof file.names};
    file.sections[1] =
        (Elf64_Shdr){.sh_name = 1, .sh_offset = content, .sh_size = sizeof file.content};
    write_file("program", &file, sizeof file);
}

/* Why it cannot be reached; empty: it can. */
static const char *why(const char *name)
{
    static struct binary binary;
    binary_look(&binary, name);
    cr_assert_not(binary.missing, "%s", name);
    return binary.why;
}

static void holds(const char *text, const char *part)
{
    cr_assert_not_null(strstr(text, part), "'%s' says nothing of '%s'", text, part);
}

Test(binary, a_program_with_a_loader_can_be_reached)
{
    write_elf(ELFCLASS64, PT_INTERP, ".other");
    cr_assert_str_eq(why("./program"), "");
    cr_assert_str_eq(why("/bin/sh"), "");
}

Test(binary, what_cannot_and_why)
{
    write_elf(ELFCLASS64, PT_LOAD, ".other");
    holds(why("./program"), "is linked statically");
    write_elf(ELFCLASS64, PT_INTERP, ".go.buildinfo");
    holds(why("./program"), "is a Go program");
    write_elf(ELFCLASS32, PT_INTERP, ".other");
    holds(why("./program"), "is no 64-bit program");
}

Test(binary, one_with_io_uring_is_noted)
{
    struct binary binary;
    write_elf(ELFCLASS64, PT_INTERP, ".dynstr");
    binary_look(&binary, "./program");
    cr_assert_str_eq(binary.why, "");
    holds(binary.note, "io_uring");
}

Test(binary, a_script_is_what_reads_it)
{
    char script[128];
    write_elf(ELFCLASS64, PT_LOAD, ".other");
    snprintf(script, sizeof script, "#! %s/program -x\n", folder);
    write_file("script", script, strlen(script));
    holds(why("./script"), "/program is linked statically");
    write_file("script", "#!/usr/bin/env sh\n", 18);
    cr_assert_str_eq(why("./script"), "");
}

Test(binary, a_script_that_reads_itself_ends)
{
    char script[128];
    snprintf(script, sizeof script, "#!%s/script\n", folder);
    write_file("script", script, strlen(script));
    cr_assert_str_eq(why("./script"), "");
}

Test(binary, found_in_the_path_as_execvp_does)
{
    char path[128];
    struct binary binary;
    write_elf(ELFCLASS64, PT_LOAD, ".other");
    snprintf(path, sizeof path, "/nowhere:%s", folder);
    setenv("PATH", path, 1);
    holds(why("program"), "/program is linked statically");
    binary_look(&binary, "no-such-program");
    cr_assert(binary.missing);
    binary_look(&binary, "./no-such-program");
    cr_assert(binary.missing);
    cr_assert_eq(chmod("program", 0600), 0);
    binary_look(&binary, "program");
    cr_assert(geteuid() == 0 || binary.missing, "it is not executable");
}

Test(binary, a_set_uid_program_takes_no_library)
{
    write_elf(ELFCLASS64, PT_INTERP, ".other");
    if (geteuid() != 0 || chown("program", 1, 1) < 0)
        cr_skip_test("only root gives files away");
    cr_assert_eq(chmod("program", 04755), 0);
    holds(why("./program"), "is set-uid");
}

/* A file that lies about where its parts are is read no further than it is. */
Test(binary, a_damaged_file_is_no_harm)
{
    Elf64_Ehdr head = {
        .e_phoff = ~0UL, .e_phnum = 9, .e_shoff = ~0UL, .e_shnum = 9, .e_shstrndx = 8};
    memcpy(head.e_ident, ELFMAG, SELFMAG);
    head.e_ident[EI_CLASS] = ELFCLASS64;
    char file[sizeof head + 1] = "";
    memcpy(file, &head, sizeof head);
    write_file("program", file, sizeof file);
    holds(why("./program"), "is linked statically");
    write_file("program", "#!", 2);
    cr_assert_str_eq(why("./program"), "");
}
