/* SPDX-License-Identifier: MIT */
#include "case/case.h"

const char *const case_transports[] = {"tcp", "udp", "sctp", "raw", "icmp", NULL};
const char *const case_setups[] = {"none", "open", "bound", "listening", "connected", NULL};
const char *const case_subjects[] = {"stack", "program", NULL};
const char *const case_places[] = {"any", "wire", "loopback", NULL};

const char *transport_name(enum transport transport)
{
    return transport < TRANSPORT_COUNT ? case_transports[transport] : "unknown";
}

const char *setup_name(enum setup setup)
{
    return setup < SETUP_COUNT ? case_setups[setup] : "unknown";
}

const char *subject_name(enum subject subject)
{
    return case_subjects[subject];
}

const char *place_name(enum place place)
{
    return case_places[place];
}
