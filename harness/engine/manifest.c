/* SPDX-License-Identifier: MIT */
#include "engine/manifest.h"

#include <string.h>

/* How the catalogue says that no test on one host can show a requirement, and why. */
static const char not_practical[] = "not practical";

static const char *exception_of(const struct requirement *requirement)
{
    const char *reason = NULL;
    if (strncmp(requirement->provoke, not_practical, sizeof not_practical - 1) == 0)
        reason = requirement->provoke + sizeof not_practical - 1;
    return reason != NULL ? reason + strspn(reason, ": ") : NULL;
}

static json_t *requirement_json(const struct requirement *requirement)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s*}", "id", requirement->id, "level",
                     requirement->level, "section", requirement->section, "summary",
                     requirement->summary, "observable", requirement->observable, "excepted",
                     exception_of(requirement));
}

static json_t *catalogue_json(const struct catalogue *catalogue)
{
    size_t count = 0;
    const struct requirement *const *all = catalogue_all(catalogue, &count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, requirement_json(all[i]));
    return list;
}

static json_t *sources_json(const struct suite *suite)
{
    json_t *texts = json_object();
    for (size_t i = 0; i < suite->variant_count; i++) {
        const struct casefile *file = suite->variants[i]->file;
        if (file->complaints.text != NULL && json_object_get(texts, file->path) == NULL)
            json_object_set_new(texts, file->path, json_string(file->complaints.text));
    }
    return texts;
}

json_t *manifest_json(const struct suite *suite)
{
    return json_pack("{s:o, s:o}", "sources", sources_json(suite), "catalogue",
                     catalogue_json(suite->catalogue));
}
