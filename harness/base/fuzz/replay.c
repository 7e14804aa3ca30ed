/* SPDX-License-Identifier: MIT */
/*
 * Gives a fuzz target each file of a folder, once: what fuzzing found worth keeping. What is wrong
 * ends the process, as it does while it is fuzzed. Exit status 1 when one takes too long, or there
 * are hardly any.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The target: size bytes, as whatever it reads. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* None takes a tenth of it, under sanitizers either. */
enum { SECONDS = 10, ROOM = 1 << 20, LEAST = 20 };

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The bytes alone, so that nothing behind them is read without notice. */
static void give(const char *bytes, size_t size)
{
    uint8_t *data = malloc(size > 0 ? size : 1);
    for (size_t i = 0; data != NULL && i < size; i++)
        data[i] = (uint8_t)bytes[i];
    if (data != NULL)
        LLVMFuzzerTestOneInput(data, size);
    free(data);
}

/* Whether it could be read, and was over soon. */
static int good(const char *folder, const char *name)
{
    static char bytes[ROOM];
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    fprintf(stderr, "%s\n", path); /* the last line is the one that it dies of */
    FILE *in = fopen(path, "re");
    size_t size = in != NULL ? fread(bytes, 1, sizeof bytes, in) : 0;
    clock_t begin = clock();
    if (in == NULL)
        return 0;
    fclose(in);
    give(bytes, size);
    return clock() - begin < (clock_t)SECONDS * CLOCKS_PER_SEC;
}

int main(int count, char **words)
{
    struct dirent **names = NULL;
    int found = count == 2 ? scandir(words[1], &names, is_input, alphasort) : 0, bad = 0;
    for (int i = 0; i < found; i++) {
        bad += !good(words[1], names[i]->d_name);
        free(names[i]);
    }
    free(names);
    if (found < LEAST)
        fprintf(stderr, "at least %d inputs are replayed, and there are %d\n", LEAST, found);
    return bad > 0 || found < LEAST;
}
