/* SPDX-License-Identifier: MIT */
/*
 * Lack: what the machine did not give to a process, which cannot go on without it. It ends with a
 * sentence, and whoever looks after it reads the sentence.
 */
#ifndef SOCKPROOF_BASE_LACK_H
#define SOCKPROOF_BASE_LACK_H

enum { LACK_TEXT = 160, LACK_STATUS = 2 };

/* From now on lack_end() writes its sentence there too, LACK_TEXT bytes that others see; NULL, as
   in the beginning: it does not. What a child inherits it replaces by its own. */
void lack_tell(char *text);
/* Writes "WHAT: why", by errno, into text, LACK_TEXT bytes; NULL: nowhere. errno stays. */
void lack_note(char *text, const char *what);
/* Says "sockproof: WHAT: why", by errno, and ends the process with LACK_STATUS. Nothing of
   atexit(3) runs. Any thread. */
_Noreturn void lack_end(const char *what);

#endif
