#include "stack/usrsctp_dialect.h"

#include <usrsctp.h>

#define NAMED(name, set) {#name, name, SCTP_SET_##set},
#define OPTION(name, structure, ...)
#define NOTICE(type, structure, ...)
#define PLAIN(name)
static const struct sctp_constant constants[] = {
#include "stack/sctp.def"
    {"SCTP_PR_SCTP_BUF", SCTP_PR_SCTP_BUF, SCTP_SET_POLICY}, {NULL, 0, SCTP_SET_NUMBER}};
#undef NAMED
#undef OPTION
#undef NOTICE
#undef PLAIN

/* A flexible array has no size of its own; nor has what is only bytes. */
#define WIDTH_NUMBER(structure, name) sizeof(((struct structure *)0)->name)
#define WIDTH_NOTICE WIDTH_NUMBER
#define WIDTH_ASSOC_STATE WIDTH_NUMBER
#define WIDTH_ADDRESS_STATE WIDTH_NUMBER
#define WIDTH_STATUS WIDTH_NUMBER
#define WIDTH_PATH WIDTH_NUMBER
#define WIDTH_INDICATION WIDTH_NUMBER
#define WIDTH_SEND_FLAG WIDTH_NUMBER
#define WIDTH_POLICY WIDTH_NUMBER
#define WIDTH_FAILED WIDTH_NUMBER
#define WIDTH_ADDRESS WIDTH_NUMBER
#define WIDTH_REST(structure, name) 0
#define MEMBER(structure, name, set)                                                               \
    {                                                                                              \
#name, offsetof(struct structure, name), WIDTH_##set(structure, name), SCTP_SET_##set      \
    }

#define NAMED(name, set)
#define NOTICE(type, structure, ...)
#define OPTION(name, structure, ...) {#name, name, sizeof(struct structure), {__VA_ARGS__}},
#define PLAIN(name) {#name, name, sizeof(int), {{"value", 0, sizeof(int), SCTP_SET_NUMBER}}},
static const struct sctp_layout options[] = {
#include "stack/sctp.def"
    {"SCTP_EXPLICIT_EOR",
     SCTP_EXPLICIT_EOR,
     sizeof(int),
     {{"value", 0, sizeof(int), SCTP_SET_NUMBER}}},
    {"SCTP_REMOTE_UDP_ENCAPS_PORT",
     SCTP_REMOTE_UDP_ENCAPS_PORT,
     sizeof(struct sctp_udpencaps),
     {MEMBER(sctp_udpencaps, sue_assoc_id, NUMBER), MEMBER(sctp_udpencaps, sue_address, ADDRESS),
      MEMBER(sctp_udpencaps, sue_port, NUMBER)}},
    {NULL, 0, 0, {{NULL, 0, 0, SCTP_SET_NUMBER}}}};
#undef NOTICE
#undef OPTION
#undef PLAIN

#define OPTION(name, structure, ...)
#define PLAIN(name)
#define NOTICE(type, structure, ...) {#type, type, sizeof(struct structure), {__VA_ARGS__}},
static const struct sctp_layout notifications[] = {
#include "stack/sctp.def"
    {NULL, 0, 0, {{NULL, 0, 0, SCTP_SET_NUMBER}}}};

const struct sctp_dialect usrsctp_dialect = {constants, options, notifications};
