/* SPDX-License-Identifier: MIT */
#include "preload/child.h"

#include "preload/environment.h"

#include <criterion/criterion.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct control control;
static char folder[] = "/tmp/child_test.XXXXXX";
static char *const along[] = {"LD_PRELOAD=/dev/null:/other.so", CONTROL_VARIABLE "=/there", NULL};

static void setup(void)
{
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    environment_open("/dev/null:/other.so");
    child_open(&control);
}

static void teardown(void)
{
    const char *const files[] = {"elf", "script", "ld-x.so"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    rmdir(folder);
}

TestSuite(child, .init = setup, .fini = teardown, .timeout = 10);

static void write_file(const char *name, const void *bytes, size_t size)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0700);
    cr_assert_eq(write(fd, bytes, size), (ssize_t)size);
    close(fd);
}

/* A program of that class with one segment of that type, and a note of that owner in it. */
static void write_elf(const char *name, int class, uint32_t type, const char *owner)
{
    struct {
        Elf64_Ehdr head;
        Elf64_Phdr segment;
        Elf64_Nhdr note;
        char owner[4];
    } file = {.head = {.e_phoff = sizeof file.head, .e_phnum = 1},
              .segment = {.p_type = type, .p_filesz = sizeof file.note + 4},
              .note = {.n_namesz = 4}};
    file.segment.p_offset = (size_t)((char *)&file.note - (char *)&file);
    memcpy(file.head.e_ident, ELFMAG, SELFMAG);
    file.head.e_ident[EI_CLASS] = (unsigned char)class;
    memcpy(file.owner, owner, strnlen(owner, sizeof file.owner));
    write_file(name, &file, sizeof file);
}

static enum unseen_why why(const char *path, char *const *envp)
{
    const struct control_unseen *unseen = child_look(AT_FDCWD, path, envp);
    return unseen != NULL ? (enum unseen_why)unseen->why : UNSEEN_NOT;
}

Test(child, a_program_with_a_loader_takes_us_along)
{
    write_elf("elf", ELFCLASS64, PT_INTERP, "GNU");
    errno = EXDEV;
    cr_assert_eq(why("elf", along), UNSEEN_NOT);
    cr_assert_eq(errno, EXDEV);
    cr_assert_eq(control.unseen_used, 0);
}

Test(child, what_is_out_of_reach_and_why)
{
    write_elf("elf", ELFCLASS64, PT_LOAD, "GNU");
    cr_assert_eq(why("elf", along), UNSEEN_STATIC);
    write_elf("elf", ELFCLASS64, PT_NOTE, "Go");
    cr_assert_eq(why("elf", along), UNSEEN_GO);
    write_elf("elf", ELFCLASS32, PT_INTERP, "GNU");
    cr_assert_eq(why("elf", along), UNSEEN_CLASS);
    cr_assert_eq(control.unseen_used, 3);
    cr_assert_str_eq(control.unseen[0].path, "elf");
}

Test(child, without_our_name_in_its_environment_it_has_us_not)
{
    char *const without[] = {"LD_PRELOAD=/other.so", CONTROL_VARIABLE "=/there", NULL};
    char *const uncontrolled[] = {"LD_PRELOAD=/dev/null", NULL};
    write_elf("elf", ELFCLASS64, PT_INTERP, "GNU");
    cr_assert_eq(why("elf", without), UNSEEN_ENVIRONMENT);
    write_elf("ld-x.so", ELFCLASS64, PT_LOAD, "GNU");
    cr_assert_eq(why("ld-x.so", along), UNSEEN_NOT, "the loader takes us, though it has none");
    cr_assert_eq(why("ld-x.so", uncontrolled), UNSEEN_ENVIRONMENT);
}

Test(child, where_we_cannot_be_opened_we_do_not_come_along)
{
    char *const without[] = {"LD_PRELOAD=/other.so", NULL};
    write_elf("elf", ELFCLASS64, PT_INTERP, "GNU");
    environment_open("/no/such/us.so");
    cr_assert_eq(why("elf", without), UNSEEN_REACH);
}

Test(child, a_program_of_another_library_takes_us_not)
{
    write_elf("elf", ELFCLASS64, PT_INTERP, "GNU");
    cr_assert_eq(why("elf", along), UNSEEN_NOT);
    int fd = open("elf", O_RDWR);
    cr_assert_eq(pwrite(fd, "/ld-musl-x86_64.so.1", 21, 256), 21);
    Elf64_Phdr segment = {.p_type = PT_INTERP, .p_offset = 256, .p_filesz = 21};
    cr_assert_eq(pwrite(fd, &segment, sizeof segment, sizeof(Elf64_Ehdr)), sizeof segment);
    close(fd);
    cr_assert_eq(why("elf", along), UNSEEN_LIBRARY);
}

Test(child, a_script_is_what_reads_it)
{
    char script[sizeof folder + 32];
    write_elf("elf", ELFCLASS64, PT_LOAD, "GNU");
    snprintf(script, sizeof script, "#!  %s/elf -e\n", folder);
    write_file("script", script, strlen(script));
    cr_assert_eq(why("script", along), UNSEEN_STATIC);
    cr_assert_str_eq(control.unseen[0].path, "script", "what was asked for is named");
    write_file("script", "#!/no/such/reader\n", 18);
    cr_assert_eq(why("script", along), UNSEEN_NOT);
}

Test(child, a_set_uid_program_takes_no_library)
{
    write_elf("elf", ELFCLASS64, PT_INTERP, "GNU");
    if (geteuid() != 0 || chown("elf", 1, 1) < 0)
        cr_skip_test("only root gives files away");
    cr_assert_eq(chmod("elf", 04755), 0);
    cr_assert_eq(why("elf", along), UNSEEN_IDENTITY);
}

Test(child, it_is_said_once_and_taken_back_when_it_failed)
{
    write_elf("elf", ELFCLASS64, PT_LOAD, "GNU");
    struct control_unseen *unseen = child_look(AT_FDCWD, "elf", along);
    cr_assert_not_null(unseen);
    cr_assert_null(child_look(AT_FDCWD, "elf", along), "once is enough");
    child_failed(unseen);
    cr_assert_eq(unseen->why, UNSEEN_NOT);
    cr_assert_not_null(child_look(AT_FDCWD, "elf", along));
    child_failed(NULL);
}

Test(child, by_its_descriptor)
{
    write_elf("elf", ELFCLASS64, PT_LOAD, "GNU");
    int fd = open("elf", O_RDONLY);
    const struct control_unseen *unseen = child_look(fd, "", along);
    cr_assert_not_null(unseen);
    cr_assert_not_null(strstr(unseen->path, "/elf"), "%s", unseen->path);
    cr_assert_eq(fcntl(fd, F_GETFD), 0, "it stays open");
}

Test(child, found_in_the_path_as_the_library_does)
{
    char path[sizeof folder + 32];
    snprintf(path, sizeof path, "/nowhere:%s", folder);
    setenv("PATH", path, 1);
    write_elf("elf", ELFCLASS64, PT_LOAD, "GNU");
    const struct control_unseen *unseen = child_look_in_path("elf", along);
    cr_assert_not_null(unseen);
    cr_assert_not_null(strstr(unseen->path, "/elf"));
    cr_assert_null(child_look_in_path("no-such-program", along));
}

Test(child, a_full_list_loses_the_rest)
{
    write_elf("elf", ELFCLASS64, PT_LOAD, "GNU");
    control.unseen_used = CONTROL_UNSEEN;
    cr_assert_null(child_look(AT_FDCWD, "elf", along));
    cr_assert_eq(control.unseen_used, CONTROL_UNSEEN + 1);
}
