/* SPDX-License-Identifier: MIT */
/*
 * The words of a packetdrill script, each with its place: what stands between blanks and comments.
 */
#ifndef SOCKPROOF_CASE_PKTLEX_H
#define SOCKPROOF_CASE_PKTLEX_H

#include "case/complaint.h"

enum pkt_word_kind {
    PKT_END,      /* of the file, also after what cannot be read */
    PKT_OPTION,   /* --name=value, up to the next blank; text is without the dashes */
    PKT_NUMBER,   /* 12, 0x1f */
    PKT_DECIMAL,  /* 0.25, .1 */
    PKT_NAME,     /* tcpi_rto, SOCK_STREAM, S */
    PKT_TEXT,     /* "text", its escapes read */
    PKT_COMMAND,  /* `text`, for a shell */
    PKT_CODE,     /* %{ text }% */
    PKT_ELLIPSIS, /* ... */
    PKT_SIGN      /* any other printable character */
};

struct pkt_word {
    enum pkt_word_kind kind;
    struct mark mark;
    int width;  /* characters in its first line */
    bool first; /* nothing but blanks before it in its line */
    const char
        *text;       /* NUL terminated, owned by the list's arena; of texts what is in the quotes */
    size_t length;   /* bytes in text */
    uint64_t number; /* PKT_NUMBER: its value; PKT_DECIMAL: in millionths, rounded down */
    struct mark inside; /* where what stands in quotes begins */
    const char *from;   /* in list->text */
};

struct pktlex {
    struct complaints *list; /* the text, and where complaints go */
    const char *at;
    struct mark mark;
    bool first;
};

/* Begins at the start of list->text. False, with one complaint, when that is no text. */
bool pktlex_begin(struct pktlex *lex, struct complaints *list);
/* The next word. What is open to the end of the file (a quote, a comment, a code) is a complaint,
   and the end. */
struct pkt_word pktlex_next(struct pktlex *lex);
/* Goes back to that word and takes all up to the next blank, or to one of the bytes of stops, as
   one PKT_NAME: flags, cookies. */
struct pkt_word pktlex_again(struct pktlex *lex, const struct pkt_word *word, const char *stops);

#endif
