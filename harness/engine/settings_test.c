/* SPDX-License-Identifier: MIT */
#include "engine/settings.h"

#include "engine/sample.h"

#include <sys/stat.h>

static struct settings settings;

static void folder(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", sample_path, name);
    mkdir(path, 0700);
}

/* A root with a host profile, and baselines of linux, of uml and of one that is named otherwise. */
static void begin(void)
{
    sample_folder();
    folder("fixtures");
    folder("fixtures/host-profile");
    folder("fixtures/baseline");
    sample_write("fixtures/host-profile/linux.yaml",
                 "version: \"7\"\nsysctls: {net.a: \"1\", net.b: \"2\"}\noptional: {net.c: \"3\"}\n"
                 "lossy: {net.d: \"4\"}\n");
    sample_write("fixtures/baseline/linux.yaml",
                 "format: 2\ndeviations:\n  - cases: {a: [{step: 1, field: errno, observed: 0}]}\n"
                 "    versions: [\"*\"]\n    reason: Linux\n");
    sample_write("fixtures/baseline/uml.yaml",
                 "format: 2\ndeviations:\n  - cases: {b: [{step: 1, field: errno, observed: 0}]}\n"
                 "    versions: [\"*\"]\n    reason: UML\n");
}

static void end(void)
{
    settings_free(&settings);
    sample_remove();
}

TestSuite(settings, .init = begin, .fini = end);

Test(settings, the_profile_says_what_must_be_and_what_may)
{
    cr_assert(settings_load(&settings, sample_path, "linux"));
    const struct profile *profile = &settings.profile;
    cr_assert_str_eq(profile->version, "7");
    cr_assert_eq(profile->count, 3);
    cr_assert_str_eq(profile->entries[1].key, "net.b");
    cr_assert_str_eq(profile->entries[1].value, "2");
    cr_assert(!profile->entries[1].optional && profile->entries[2].optional);
    cr_assert(profile->lossy_count == 1 && profile->lossy[0].optional);
    cr_assert_str_eq(profile->lossy[0].key, "net.d");
}

static bool deviates(const char *case_id)
{
    struct arena *arena = arena_new();
    bool found = baseline_excuses(&settings.baseline, case_id, "x[inet]", "1", arena).count > 0;
    arena_free(arena);
    return found;
}

Test(settings, a_guest_has_the_deviations_of_linux_and_of_its_kind)
{
    cr_assert(settings_load(&settings, sample_path, "uml:6.1"));
    cr_assert(deviates("a") && deviates("b"));
}

Test(settings, linux_has_its_own_and_must_have_a_baseline)
{
    cr_assert(settings_load(&settings, sample_path, "linux"));
    cr_assert(deviates("a") && !deviates("b"));
    settings_free(&settings);
    sample_write("fixtures/baseline/linux.yaml", "deviation: []\n");
    cr_assert_not(settings_load(&settings, sample_path, "linux"));
}

Test(settings, where_no_baseline_is_asked_for_none_is_read)
{
    sample_write("fixtures/baseline/linux.yaml", "deviation: []\n");
    cr_assert(settings_load(&settings, sample_path, NULL));
    cr_assert(!deviates("a") && !deviates("b"));
}

Test(settings, another_stack_may_have_none)
{
    cr_assert(settings_load(&settings, sample_path, "lwip"));
    cr_assert(!deviates("a") && !deviates("b"));
}

Test(settings, without_a_profile_there_are_none)
{
    sample_write("fixtures/host-profile/linux.yaml", "version: \"7\"\n");
    cr_assert_not(settings_load(&settings, sample_path, "lwip"));
    settings_free(&settings);
    cr_assert_not(settings_load(&settings, "/nonexistent", "lwip"));
}

Test(settings, those_of_this_repository_can_be_read)
{
    static const char *const stacks[] = {"linux", "usrsctp", "lwip", "uml:6.1", "qemu:6.12"};
    for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++) {
        cr_assert(settings_load(&settings, SOURCE_DIR, stacks[i]), "%s", stacks[i]);
        cr_assert_gt(settings.profile.count, 10);
        settings_free(&settings);
    }
    settings.arena = NULL;
}
