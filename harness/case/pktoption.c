/* SPDX-License-Identifier: MIT */
#include "case/pktoption.h"

#include <stdlib.h>
#include <string.h>

enum takes {
    TAKES_NUMBER,
    TAKES_VERSION,
    TAKES_FLAG,    /* nothing, or a number */
    TAKES_ANYTHING /* it changes nothing here */
};

static const char *const versions[] = {"ipv4", "ipv6", "ipv4-mapped-ipv6", NULL};

static const struct {
    const char *name;
    enum takes takes;
} options[] = {
    {"ip_version", TAKES_VERSION},       {"tolerance_usecs", TAKES_NUMBER},
    {"tolerance_percent", TAKES_NUMBER}, {"tcp_ts_tick_usecs", TAKES_NUMBER},
    {"strict_segments", TAKES_FLAG},     {"non_fatal", TAKES_ANYTHING},
    {"verbose", TAKES_ANYTHING},         {"dry_run", TAKES_ANYTHING},
    {"debug", TAKES_ANYTHING},           {"speed", TAKES_ANYTHING},
    {"code_command", TAKES_ANYTHING},    {"code_format", TAKES_ANYTHING},
    {"send_omit_free", TAKES_ANYTHING},  {"bind_port", TAKES_ANYTHING},
    {"connect_port", TAKES_ANYTHING},
};

enum { OPTION_COUNT = sizeof options / sizeof *options };

static bool is_number(const char *text)
{
    size_t digits = text != NULL ? strspn(text, "0123456789") : 0;
    return digits > 0 && digits < 18 && text[digits] == '\0';
}

static int version_of(const char *text)
{
    int found = -1;
    for (int i = 0; versions[i] != NULL && text != NULL; i++)
        if (strcmp(versions[i], text) == 0)
            found = i;
    return found;
}

static void check_value(struct complaints *list, const struct pkt_option *option, enum takes takes)
{
    const char *value = option->value.text;
    const struct pkt_text *at = value != NULL ? &option->value : &option->name;
    if (takes == TAKES_NUMBER && !is_number(value))
        complain(list, at->mark, at->width, CODE_BAD_VALUE, NULL, "'--%s' takes a number",
                 option->name.text);
    else if (takes == TAKES_VERSION && version_of(value) < 0)
        complain(list, at->mark, at->width, CODE_BAD_VALUE, "ipv4, ipv6 or ipv4-mapped-ipv6",
                 "'--%s' takes a version of IP", option->name.text);
    else if (takes == TAKES_FLAG && value != NULL && !is_number(value))
        complain(list, at->mark, at->width, CODE_BAD_VALUE, NULL, "'--%s' takes nothing, 0 or 1",
                 option->name.text);
}

void pktoption_check(struct pkt_script *script, struct complaints *list)
{
    for (const struct pkt_option *one = script->options; one != NULL; one = one->next) {
        size_t at = 0;
        while (at < OPTION_COUNT && strcmp(options[at].name, one->name.text) != 0)
            at++;
        if (at == OPTION_COUNT)
            pkt_lacks(script, one->name.mark, one->name.width, "option --%s", one->name.text);
        else
            check_value(list, one, options[at].takes);
    }
}

unsigned pktoption_families(const struct pkt_script *script)
{
    int version = version_of(pkt_option_value(script, "ip_version"));
    return version < 0 ? 7U : 1U << version;
}

int64_t pktoption_number(const struct pkt_script *script, const char *name, int64_t otherwise)
{
    const char *value = pkt_option_value(script, name);
    return is_number(value) ? strtoll(value, NULL, 10) : otherwise;
}

bool pktoption_is_set(const struct pkt_script *script, const char *name)
{
    const char *value = pkt_option_value(script, name);
    return value != NULL && strcmp(value, "0") != 0;
}
