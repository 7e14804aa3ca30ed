/* SPDX-License-Identifier: MIT */
#include "stack/shadowed.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Where the loader looks for what an object needs, and where it does so for the program itself. */
struct search {
    Dl_serinfo *all;
    const Dl_serinfo *common;
};

/* The strings that the entries of a dynamic section count from. Where the loader may not write into
   the section, what stands there is still relative to the object. */
static const char *strings_of(const struct link_map *map)
{
    ElfW(Addr) at = 0;
    for (const ElfW(Dyn) *one = map->l_ld; one->d_tag != DT_NULL; one++)
        if (one->d_tag == DT_STRTAB)
            at = one->d_un.d_ptr;
    if (at < map->l_addr)
        at += map->l_addr;
    return (const char *)at; /* NOLINT(performance-no-int-to-ptr): an address of the loader's */
}

/* Where the loader looks for what an object needs; the caller frees. NULL: not to be had. */
static Dl_serinfo *places_of(void *object)
{
    Dl_serinfo size;
    Dl_serinfo *places = NULL;
    if (dlinfo(object, RTLD_DI_SERINFOSIZE, &size) == 0)
        places = malloc(size.dls_size);
    if (places != NULL && (dlinfo(object, RTLD_DI_SERINFOSIZE, places) != 0 ||
                           dlinfo(object, RTLD_DI_SERINFO, places) != 0)) {
        free(places);
        places = NULL;
    }
    return places;
}

/* Whether the loader looks there for everybody: the C library does not say which places are whose.
 */
static bool is_common(const Dl_serinfo *common, const char *folder)
{
    bool is = false;
    for (unsigned i = 0; i < common->dls_cnt && !is; i++)
        is = strcmp(common->dls_serpath[i].dls_name, folder) == 0;
    return is;
}

/* The first file of that name in the folders that are the object's own. */
static bool find_own(const struct search *search, const char *name, char *path, struct stat *file)
{
    bool found = false;
    for (unsigned i = 0; i < search->all->dls_cnt && !found; i++) {
        const char *folder = search->all->dls_serpath[i].dls_name;
        snprintf(path, PATH_MAX, "%s/%s", folder, name);
        found = !is_common(search->common, folder) && stat(path, file) == 0;
    }
    return found;
}

/* The file that was loaded under that name. */
static bool find_loaded(const char *name, char *path, struct stat *file)
{
    const struct link_map *map = NULL;
    void *handle = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
    bool found = handle != NULL && dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 &&
                 stat(map->l_name, file) == 0;
    if (found)
        snprintf(path, PATH_MAX, "%s", map->l_name);
    if (handle != NULL)
        dlclose(handle);
    return found;
}

static bool is_shadowed(const struct search *search, const char *name, char *why, size_t size)
{
    char own[PATH_MAX];
    char other[PATH_MAX];
    struct stat first;
    struct stat second;
    bool is = find_own(search, name, own, &first) && find_loaded(name, other, &second) &&
              (first.st_dev != second.st_dev || first.st_ino != second.st_ino);
    if (is)
        snprintf(
            why, size,
            "its library %s was not loaded: %s, which has the same name, is there already; link "
            "it into the object, or give it a name of its own (-soname)",
            own, other);
    return is;
}

/* The same of all that an object needs. */
static bool needs_shadowed(struct link_map *map, const Dl_serinfo *common, char *why, size_t size)
{
    const char *strings = strings_of(map);
    const struct search search = {places_of(map), common};
    bool found = false;
    for (const ElfW(Dyn) *one = map->l_ld; one->d_tag != DT_NULL && !found; one++)
        found = one->d_tag == DT_NEEDED && search.all != NULL &&
                is_shadowed(&search, strings + one->d_un.d_val, why, size);
    free(search.all);
    return found;
}

bool shadowed(void *library, char *why, size_t size)
{
    struct link_map *map = NULL;
    void *program = dlopen(NULL, RTLD_LAZY);
    Dl_serinfo *common = program != NULL ? places_of(program) : NULL;
    bool found = false;
    if (common != NULL && dlinfo(library, RTLD_DI_LINKMAP, &map) == 0)
        for (; map != NULL && !found; map = map->l_next) /* what came with it stands behind it */
            found = needs_shadowed(map, common, why, size);
    free(common);
    if (program != NULL)
        dlclose(program);
    return found;
}
