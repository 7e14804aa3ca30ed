/* SPDX-License-Identifier: MIT */
#include "base/lack.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

Test(lack, the_sentence_names_what_and_why)
{
    char text[LACK_TEXT];
    errno = EMFILE;
    lack_note(text, "a socket");
    cr_assert_str_eq(text, "a socket: Too many open files");
    cr_assert_eq(errno, EMFILE);
    lack_note(NULL, "a socket");
}

Test(lack, who_looks_after_the_process_reads_it)
{
    int status = 0;
    char *text = mmap(NULL, LACK_TEXT, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(text, MAP_FAILED);
    pid_t pid = fork();
    if (pid == 0) {
        lack_tell(text);
        errno = ENOMEM;
        lack_end("out of memory");
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == LACK_STATUS);
    cr_assert_str_eq(text, "out of memory: Cannot allocate memory");
}
