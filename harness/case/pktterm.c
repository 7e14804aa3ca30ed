/* SPDX-License-Identifier: MIT */
#include "case/pktterm.h"

#include <math.h>

static const struct pktnumber unknown = {.known = false};

struct pktnumber pktnumber_whole(int64_t number)
{
    return (struct pktnumber){.known = true, .whole = true, .number = number};
}

static struct pktnumber real_value(double real)
{
    return (struct pktnumber){.known = isfinite(real), .real = real};
}

static double as_real(struct pktnumber value)
{
    return value.whole ? (double)value.number : value.real;
}

bool pktterm_true(struct pktnumber value)
{
    return value.known && (value.whole ? value.number != 0 : value.real < 0 || value.real > 0);
}

const char *pktterm_text(struct pktnumber value, struct arena *arena)
{
    if (!value.known)
        return "unknown";
    return value.whole ? arena_printf(arena, "%lld", (long long)value.number)
                       : arena_printf(arena, "%g", value.real);
}

/* Rounded down; what is too large for a whole number is one already. */
static double floored(double real)
{
    static const double most = 4e18;
    if (!(real > -most && real < most))
        return real;
    double whole = (double)(int64_t)real;
    return whole > real ? whole - 1 : whole;
}

/* --- two operands --------------------------------------------------------------------------- */

static struct pktnumber fits(bool overflows, int64_t number)
{
    return overflows ? unknown : pktnumber_whole(number);
}

/* Rounded down, as in Python, and the rest that goes with it. */
static struct pktnumber divided(int64_t left, int64_t right, bool rest)
{
    if (right == 0 || (left == INT64_MIN && right == -1))
        return unknown;
    int64_t quotient = left / right;
    int64_t remainder = left % right;
    bool down = remainder != 0 && (remainder < 0) != (right < 0);
    return pktnumber_whole(rest ? remainder + (down ? right : 0) : quotient - (down ? 1 : 0));
}

static struct pktnumber shifted(enum pktterm_kind kind, int64_t left, int64_t right)
{
    int64_t result = 0;
    if (right < 0 || right > 62)
        return unknown;
    if (kind == PKTTERM_RIGHT)
        return pktnumber_whole(left >> right);
    bool overflows = __builtin_mul_overflow(left, INT64_C(1) << right, &result);
    return fits(overflows, result);
}

static struct pktnumber of_whole(enum pktterm_kind kind, int64_t left, int64_t right)
{
    int64_t result = 0;
    bool overflows = false;
    if (kind == PKTTERM_PLUS)
        overflows = __builtin_add_overflow(left, right, &result);
    else if (kind == PKTTERM_MINUS)
        overflows = __builtin_sub_overflow(left, right, &result);
    else if (kind == PKTTERM_TIMES)
        overflows = __builtin_mul_overflow(left, right, &result);
    else if (kind == PKTTERM_BITS_AND)
        result = left & right;
    else if (kind == PKTTERM_BITS_OR)
        result = left | right;
    else if (kind == PKTTERM_BITS_XOR)
        result = left ^ right;
    else if (kind == PKTTERM_LEFT || kind == PKTTERM_RIGHT)
        return shifted(kind, left, right);
    else
        return divided(left, right, kind == PKTTERM_REST);
    return fits(overflows, result);
}

static struct pktnumber of_real(enum pktterm_kind kind, double left, double right)
{
    bool zero = !(right < 0 || right > 0);
    struct pktnumber value = unknown;
    if (kind == PKTTERM_PLUS)
        value = real_value(left + right);
    else if (kind == PKTTERM_MINUS)
        value = real_value(left - right);
    else if (kind == PKTTERM_TIMES)
        value = real_value(left * right);
    else if (kind == PKTTERM_DIVIDED && !zero)
        value = real_value(left / right);
    else if (kind == PKTTERM_FLOORED && !zero)
        value = real_value(floored(left / right));
    else if (kind == PKTTERM_REST && !zero)
        value = real_value(left - floored(left / right) * right);
    return value;
}

static bool compares(enum pktterm_kind kind)
{
    return kind >= PKTTERM_EQUAL && kind <= PKTTERM_AT_LEAST;
}

/* Less than 0, 0, or more: left against right. */
static int order(struct pktnumber left, struct pktnumber right)
{
    if (left.whole && right.whole)
        return (left.number > right.number) - (left.number < right.number);
    return (as_real(left) > as_real(right)) - (as_real(left) < as_real(right));
}

static bool compared(enum pktterm_kind kind, int order)
{
    bool result = order == 0;
    if (kind == PKTTERM_UNEQUAL)
        result = order != 0;
    else if (kind == PKTTERM_LESS)
        result = order < 0;
    else if (kind == PKTTERM_AT_MOST)
        result = order <= 0;
    else if (kind == PKTTERM_MORE)
        result = order > 0;
    else if (kind == PKTTERM_AT_LEAST)
        result = order >= 0;
    return result;
}

static struct pktnumber of_two(enum pktterm_kind kind, struct pktnumber left,
                               struct pktnumber right)
{
    if (!left.known || !right.known)
        return unknown;
    if (compares(kind))
        return pktnumber_whole(compared(kind, order(left, right)));
    if (left.whole && right.whole && kind != PKTTERM_DIVIDED)
        return of_whole(kind, left.number, right.number);
    return of_real(kind, as_real(left), as_real(right));
}

/* --- one operand ---------------------------------------------------------------------------- */

static struct pktnumber of_one(enum pktterm_kind kind, struct pktnumber value)
{
    struct pktnumber result = unknown;
    if (!value.known)
        return result;
    if (kind == PKTTERM_NOT)
        result = pktnumber_whole(!pktterm_true(value));
    else if (kind == PKTTERM_INVERSE && value.whole)
        result = pktnumber_whole(~value.number);
    else if (kind == PKTTERM_NEGATIVE && !value.whole)
        result = real_value(-value.real);
    else if (kind == PKTTERM_NEGATIVE)
        result = fits(value.number == INT64_MIN, value.number == INT64_MIN ? 0 : -value.number);
    return result;
}

struct pktnumber pktterm_value(const struct pktterm *term, const struct pktterm_names *names)
{
    if (term->kind == PKTTERM_NUMBER)
        return term->number;
    if (term->kind == PKTTERM_NAME)
        return names->value(names->context, term->name);
    struct pktnumber left = pktterm_value(term->left, names);
    if (term->right == NULL)
        return of_one(term->kind, left);
    bool both = term->kind == PKTTERM_AND || term->kind == PKTTERM_CHAIN;
    if (both || term->kind == PKTTERM_OR)
        return !left.known || pktterm_true(left) != both ? left : pktterm_value(term->right, names);
    return of_two(term->kind, left, pktterm_value(term->right, names));
}
