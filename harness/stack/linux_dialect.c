#include "stack/linux_dialect.h"

#include "stack/sctp_layout.h"

#include <netinet/sctp.h>

/* Where the kernel's names are not those of RFC 6458. */
#define sctp_setprim sctp_prim
#define ssfe_flags ssf_flags
#define ssfe_error ssf_error
#define ssfe_assoc_id ssf_assoc_id
#define ssfe_data ssf_data

#define NAMED(name, set) LAYOUT_NAMED(name, set)
#define OPTION(name, structure, ...)
#define NOTICE(type, structure, ...)
#define PLAIN(name)
static const struct sctp_constant constants[] = {
#include "stack/sctp.def"
    {NULL, 0, SCTP_SET_NUMBER}};
#undef NAMED
#undef OPTION
#undef PLAIN

#define NAMED(name, set)
#define OPTION(name, structure, ...) LAYOUT_OPTION(name, structure, __VA_ARGS__)
#define PLAIN(name) LAYOUT_PLAIN(name)
static const struct sctp_layout options[] = {
#include "stack/sctp.def"
    LAYOUT_OPTION(SCTP_REMOTE_UDP_ENCAPS_PORT, sctp_udpencaps,
                  MEMBER(sctp_udpencaps, sue_assoc_id, NUMBER),
                  MEMBER(sctp_udpencaps, sue_address, ADDRESS),
                  MEMBER(sctp_udpencaps, sue_port, PORT)) LAYOUT_END};
#undef NOTICE
#undef OPTION
#undef PLAIN

#define OPTION(name, structure, ...)
#define PLAIN(name)
#define NOTICE(type, structure, ...) LAYOUT_OPTION(type, structure, __VA_ARGS__)
static const struct sctp_layout notifications[] = {
#include "stack/sctp.def"
    LAYOUT_END};

const struct sctp_dialect linux_dialect = {constants, options, notifications};
