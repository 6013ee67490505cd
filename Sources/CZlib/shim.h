// zlib for the audit's compressed exports.
//
// inflateInit2 is a macro that Swift cannot import.
#ifndef COUNTERSIGN_ZLIB_SHIM_H
#define COUNTERSIGN_ZLIB_SHIM_H

#include <zlib.h>

/// Sets a stream up for gzip, whose header and checksum zlib then reads itself.
static inline int cs_inflate_start(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

#endif
