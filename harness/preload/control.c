#include "preload/control.h"

#include <string.h>

void control_point_name(char out[FAULT_POINT], const char *name)
{
    static const char prefix[] = "sockproof/call/program/";
    size_t length = strnlen(name, FAULT_POINT - sizeof prefix);
    memcpy(out, prefix, sizeof prefix - 1);
    memcpy(out + sizeof prefix - 1, name, length);
    out[sizeof prefix - 1 + length] = '\0';
}

uint64_t control_key(size_t fault, uint64_t identity, uint64_t counter)
{
    uint64_t parts[3] = {fault, identity, counter};
    return plan_hash(0, parts, sizeof parts);
}
