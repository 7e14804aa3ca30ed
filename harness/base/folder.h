/* SPDX-License-Identifier: MIT */
/*
 * A folder and those above it.
 */
#ifndef SOCKPROOF_BASE_FOLDER_H
#define SOCKPROOF_BASE_FOLDER_H

#include <stdbool.h>

/* Makes the folder and all above it that are not there (mkdir -p). False with errno when it is not
   there in the end. */
bool folder_make(const char *path);

#endif
