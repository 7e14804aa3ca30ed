/* SPDX-License-Identifier: MIT */
/*
 * A stock of small pieces of memory, for what is made and thrown away thousands of times for each
 * case, as JSON is: a piece that was given back is the next of its size. malloc(3) keeps seven of a
 * size so near at hand, and an object of JSON has more.
 *
 * Each thread has its own; what a thread that ends has in stock is lost.
 */
#ifndef SOCKPROOF_BASE_STOCK_H
#define SOCKPROOF_BASE_STOCK_H

#include <stddef.h>

/* As malloc(3), for who gives it back with stock_give or with free(3). */
void *stock_take(size_t size);
/* Takes back what stock_take or malloc(3) gave; NULL: nothing. What is large, or too many, goes to
   free(3); with a sanitizer that watches over memory all does. */
void stock_give(void *memory);

#endif
