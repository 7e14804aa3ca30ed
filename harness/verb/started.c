/* SPDX-License-Identifier: MIT */
/* The verbs about calls that a step has started. The one who carries out steps judges them, and so
   carries them out. */
#include "verb/ops.h"

OPS_OF_WORKER(done, NULL);
OPS_OF_WORKER(blocked, NULL);
