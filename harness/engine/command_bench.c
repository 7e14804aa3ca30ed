/* SPDX-License-Identifier: MIT */
#include "engine/commands.h"
#include "engine/roundtrip.h"
#include "engine/settings.h"

#include <jansson.h>
#include <stdio.h>

static json_t *figures_json(const struct roundtrips *measured)
{
    json_t *figures = json_object();
    for (enum medium medium = MEDIUM_RAW; medium < MEDIUM_COUNT; medium++)
        json_object_set_new(figures, medium_name(medium),
                            json_pack("{s:I, s:I}", "median_ns",
                                      (json_int_t)measured->of[medium].median_ns, "p99_ns",
                                      (json_int_t)measured->of[medium].high_ns));
    return figures;
}

static void print_text(enum path path, const struct roundtrips *measured)
{
    for (enum medium medium = MEDIUM_RAW; medium < MEDIUM_COUNT; medium++)
        printf("%-9s %-4s median %8.2f us, 99 of 100 below %8.2f us\n", path_name(path),
               medium_name(medium), (double)measured->of[medium].median_ns / 1e3,
               (double)measured->of[medium].high_ns / 1e3);
}

static void print_json(enum path path, bool good, const struct roundtrips *measured, int rounds)
{
    json_t *line = json_pack("{s:s, s:i, s:i}", "path", path_name(path), "rounds", rounds,
                             "message_bytes", ROUNDTRIP_MESSAGE);
    if (good)
        json_object_update_new(line, figures_json(measured));
    else
        json_object_set_new(line, "why", json_string(measured->why));
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
}

enum status command_bench_rtt(const struct config *config)
{
    struct settings settings;
    int measured_paths = 0;
    int rounds = config->repeat < ROUNDTRIP_MAX ? config->repeat : ROUNDTRIP_MAX;
    bool loaded = settings_load(&settings, config->root, NULL);
    for (enum path path = PATH_WIRE; path < PATH_COUNT && loaded; path++) {
        struct roundtrips measured;
        bool good = roundtrip_measure(&measured, path, &settings.profile, rounds);
        measured_paths += good ? 1 : 0;
        if (config->json)
            print_json(path, good, &measured, rounds);
        else if (good)
            print_text(path, &measured);
        else
            printf("%-9s not measured: %s\n", path_name(path), measured.why);
    }
    settings_free(&settings);
    if (!loaded)
        return STATUS_USAGE;
    return measured_paths > 0 ? STATUS_GOOD : STATUS_NOTHING;
}
