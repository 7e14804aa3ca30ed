/* SPDX-License-Identifier: MIT */
#include "program/binary.h"

#include "program/inlinecall.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* A file mapped for reading. */
struct image {
    const unsigned char *bytes;
    size_t size;
};

static bool find(char out[PATH_MAX], const char *name)
{
    const char *path = getenv("PATH");
    bool found = false;
    if (strchr(name, '/') != NULL) {
        snprintf(out, PATH_MAX, "%s", name);
        return access(out, X_OK) == 0;
    }
    for (const char *at = path != NULL ? path : "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
         *at != '\0' && !found;) {
        size_t length = strcspn(at, ":");
        snprintf(out, PATH_MAX, "%.*s/%s", (int)length, at, name);
        found = access(out, X_OK) == 0;
        at += length + (at[length] == ':');
    }
    return found;
}

/* What ld.so takes for a reason to ignore LD_PRELOAD (secure-execution mode, ld.so(8)). */
static bool changes_identity(const char *path, const struct stat *status)
{
    bool user = (status->st_mode & S_ISUID) != 0 && status->st_uid != geteuid();
    bool group = (status->st_mode & S_ISGID) != 0 && status->st_gid != getegid();
    bool capable = geteuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0;
    return user || group || capable;
}

static bool inside(const struct image *image, uint64_t offset, uint64_t size)
{
    return offset <= image->size && size <= image->size - offset;
}

static const Elf64_Shdr *section(const struct image *image, const char *wanted)
{
    const Elf64_Ehdr *head = (const Elf64_Ehdr *)image->bytes;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(image->bytes + head->e_shoff);
    const Elf64_Shdr *found = NULL;
    if (!inside(image, head->e_shoff, (uint64_t)head->e_shnum * sizeof *sections) ||
        head->e_shstrndx >= head->e_shnum)
        return NULL;
    const Elf64_Shdr *names = &sections[head->e_shstrndx];
    for (unsigned i = 0; i < head->e_shnum && found == NULL; i++) {
        uint64_t at = names->sh_offset + sections[i].sh_name;
        if (inside(image, at, strlen(wanted) + 1) &&
            strcmp((const char *)image->bytes + at, wanted) == 0)
            found = &sections[i];
    }
    return found;
}

static bool has_segment(const struct image *image, uint32_t type)
{
    const Elf64_Ehdr *head = (const Elf64_Ehdr *)image->bytes;
    const Elf64_Phdr *segments = (const Elf64_Phdr *)(image->bytes + head->e_phoff);
    bool found = false;
    if (!inside(image, head->e_phoff, (uint64_t)head->e_phnum * sizeof *segments))
        return false;
    for (unsigned i = 0; i < head->e_phnum; i++)
        found = found || segments[i].p_type == type;
    return found;
}

/* Whether the path of the program's loader holds text. */
static bool loader_holds(const struct image *image, const char *text)
{
    const Elf64_Shdr *loader = section(image, ".interp");
    return loader != NULL && inside(image, loader->sh_offset, loader->sh_size) &&
           memmem(image->bytes + loader->sh_offset, loader->sh_size, text, strlen(text)) != NULL;
}

/* Whether the names of the dynamic section hold text. */
static bool names_hold(const struct image *image, const char *text)
{
    const Elf64_Shdr *names = section(image, ".dynstr");
    return names != NULL && inside(image, names->sh_offset, names->sh_size) &&
           memmem(image->bytes + names->sh_offset, names->sh_size, text, strlen(text)) != NULL;
}

/* Whether any of its code makes socket calls past the library. */
static bool calls_inline(const struct image *image)
{
    const Elf64_Ehdr *head = (const Elf64_Ehdr *)image->bytes;
    const Elf64_Phdr *segments = (const Elf64_Phdr *)(image->bytes + head->e_phoff);
    bool found = false;
    if (head->e_machine != EM_X86_64 ||
        !inside(image, head->e_phoff, (uint64_t)head->e_phnum * sizeof *segments))
        return false;
    for (unsigned i = 0; i < head->e_phnum && !found; i++)
        found = segments[i].p_type == PT_LOAD && (segments[i].p_flags & PF_X) != 0 &&
                inside(image, segments[i].p_offset, segments[i].p_filesz) &&
                inlinecall_in(image->bytes + segments[i].p_offset, segments[i].p_filesz);
    return found;
}

static void refuse(struct binary *binary, const char *why)
{
    snprintf(binary->why, sizeof binary->why, "%s %s", binary->path, why);
}

static void look_at_elf(struct binary *binary, const struct image *image)
{
    const Elf64_Ehdr *head = (const Elf64_Ehdr *)image->bytes;
    if (head->e_ident[EI_CLASS] != ELFCLASS64)
        refuse(binary, "is no 64-bit program: the interposer is one, and cannot be put into it");
    else if (section(image, ".go.buildinfo") != NULL)
        refuse(binary, "is a Go program: it makes its system calls itself and not through the C "
                       "library, so that no fault would reach them; use --wire for faults of "
                       "packets");
    else if (loader_holds(image, "/ld-musl") || loader_holds(image, "uClibc"))
        refuse(binary, "is made for another C library than the interposer, which that one's loader "
                       "cannot load; use --wire for faults of packets");
    else if (!has_segment(image, PT_INTERP))
        refuse(binary, "is linked statically: no library can be put in front of its calls; link it "
                       "dynamically, or use --wire for faults of packets");
    else if (names_hold(image, "liburing.so"))
        snprintf(binary->note, sizeof binary->note,
                 "it uses io_uring, whose calls pass the C library by: no fault reaches those");
    else if (calls_inline(image))
        snprintf(
            binary->note, sizeof binary->note,
            "it makes socket calls by instructions of its own, which pass the C library by: no "
            "fault reaches those; --wire has faults of packets");
}

static void look(struct binary *binary, int depth);

/* "#! /usr/bin/env python3": the program that reads the script is what runs. */
static void look_at_script(struct binary *binary, const struct image *image, int depth)
{
    char line[256] = "";
    char *rest = NULL;
    size_t length = image->size - 2 < sizeof line - 1 ? image->size - 2 : sizeof line - 1;
    memcpy(line, image->bytes + 2, length);
    line[strcspn(line, "\n")] = '\0';
    const char *reader = strtok_r(line, " \t", &rest);
    const char *first = strtok_r(NULL, " \t", &rest);
    struct binary other = {.path = ""};
    bool through_env = reader != NULL && first != NULL && strcmp(reader, "/usr/bin/env") == 0;
    if (reader == NULL || depth > 3 || !find(other.path, through_env ? first : reader))
        return;
    look(&other, depth + 1);
    memcpy(binary->why, other.why, sizeof binary->why);
    memcpy(binary->note, other.note, sizeof binary->note);
}

/* Maps a file that is large enough to be a program. */
static bool open_image(struct image *image, const char *path, const struct stat *status)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *bytes = MAP_FAILED;
    image->size = (size_t)status->st_size;
    if (fd >= 0 && S_ISREG(status->st_mode) && image->size > 2)
        bytes = mmap(NULL, image->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    image->bytes = bytes != MAP_FAILED ? bytes : NULL;
    return image->bytes != NULL;
}

static void look(struct binary *binary, int depth)
{
    struct stat status = {.st_mode = 0};
    struct image image = {NULL, 0};
    if (stat(binary->path, &status) == 0 && changes_identity(binary->path, &status)) {
        refuse(binary, "is set-uid, set-gid or has capabilities: the loader takes no library from "
                       "us into it; run it as its owner, or copy it without these bits");
    } else if (open_image(&image, binary->path, &status)) {
        if (image.size > sizeof(Elf64_Ehdr) && memcmp(image.bytes, ELFMAG, SELFMAG) == 0)
            look_at_elf(binary, &image);
        else if (memcmp(image.bytes, "#!", 2) == 0)
            look_at_script(binary, &image, depth);
        munmap((void *)image.bytes, image.size);
    }
}

void binary_look(struct binary *binary, const char *name)
{
    *binary = (struct binary){.path = ""};
    binary->missing = !find(binary->path, name);
    if (!binary->missing)
        look(binary, 0);
}
