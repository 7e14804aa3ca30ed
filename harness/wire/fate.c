#include "wire/fate.h"

const char *fate_name(enum fate fate)
{
    static const char *const names[FATE_COUNT] = {[FATE_PASSED] = "passed",
                                                  [FATE_DROPPED] = "dropped",
                                                  [FATE_HELD] = "held",
                                                  [FATE_DUPLICATED] = "duplicated",
                                                  [FATE_CORRUPTED] = "corrupted",
                                                  [FATE_REORDERED] = "reordered",
                                                  [FATE_CUT] = "cut",
                                                  [FATE_DELAYED] = "delayed",
                                                  [FATE_TRUNCATED] = "truncated",
                                                  [FATE_UNREACHABLE] = "unreachable",
                                                  [FATE_RESET] = "reset",
                                                  [FATE_INJECTED] = "injected"};
    return names[fate];
}
