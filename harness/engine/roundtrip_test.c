/* SPDX-License-Identifier: MIT */
#include "engine/roundtrip.h"

#include "engine/settings.h"

#include <criterion/criterion.h>
#include <string.h>

/* Where namespaces are refused it says so, and nothing is measured. */
Test(roundtrip, every_medium_is_timed_along_every_path)
{
    struct settings settings;
    cr_assert(settings_load(&settings, SOURCE_DIR, "linux"));
    for (enum path path = PATH_WIRE; path < PATH_COUNT; path++) {
        struct roundtrips measured;
        bool good = roundtrip_measure(&measured, path, &settings.profile, 20);
        if (!good && strstr(measured.why, "unshare") != NULL)
            cr_skip_test("namespaces are refused here");
        cr_assert(good, "%s: %s", path_name(path), measured.why);
        for (enum medium medium = MEDIUM_RAW; medium < MEDIUM_COUNT; medium++) {
            cr_assert_gt(measured.of[medium].median_ns, 0, "%s", medium_name(medium));
            cr_assert_geq(measured.of[medium].high_ns, measured.of[medium].median_ns);
        }
    }
    settings_free(&settings);
}

Test(roundtrip, a_profile_that_cannot_hold_is_named)
{
    static const struct profile_entry entry = {"net.ipv4.no_such_thing", "1", false};
    const struct profile profile = {.version = "1", .count = 1, .entries = &entry};
    struct roundtrips measured;
    cr_assert_not(roundtrip_measure(&measured, PATH_WIRE, &profile, 1));
    if (strstr(measured.why, "unshare") != NULL)
        cr_skip_test("namespaces are refused here");
    cr_assert_not_null(strstr(measured.why, "no_such_thing"), "%s", measured.why);
}
