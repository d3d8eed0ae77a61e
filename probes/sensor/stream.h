/* The record stream: bytes, framing, counts and checksum. What the records mean is in
 * records.h, and the format's description in WIRE.md. */
#ifndef SENSOR_STREAM_H
#define SENSOR_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STREAM_TYPES = 16,
    STREAM_BODY_LIMIT = 16384, /* bytes of one record's body; two paths of PATH_MAX and more */
    STREAM_BUFFER = 65536,
    STREAM_HEADER = 16, /* bytes before each record's body */
};

struct stream {
    int descriptor;
    bool closed; /* the reader is gone or the trailer has been written: nothing is written any more */
    uint32_t checksum;
    uint64_t started; /* CLOCK_MONOTONIC nanoseconds */
    uint64_t counts[STREAM_TYPES];
    size_t used;   /* bytes of finished records in the buffer */
    size_t cursor; /* where the next field of the open record goes */
    unsigned char buffer[STREAM_BUFFER];
};

/* Starts the stream with its magic. */
void stream_open(struct stream *stream, int descriptor);

/* A record is begun, filled with fields, and then ended or abandoned. */
void stream_begin(struct stream *stream, uint8_t type);
void stream_u8(struct stream *stream, uint8_t value);
void stream_u16(struct stream *stream, uint16_t value);
void stream_u32(struct stream *stream, uint32_t value);
void stream_u64(struct stream *stream, uint64_t value);
void stream_bytes(struct stream *stream, const void *bytes, size_t size);
/* u16 length and the bytes; longer texts are cut at PATH_MAX. */
void stream_text(struct stream *stream, const char *text, size_t size);
void stream_end(struct stream *stream);

/* The body of the open record from byte `offset` on, for hashing; `size` gets its length. */
const void *stream_body(const struct stream *stream, size_t offset, size_t *size);

/* Hands everything to the reader, waiting as long as that takes. */
void stream_flush(struct stream *stream);

/* Nanoseconds since the stream was opened. */
uint64_t stream_now(const struct stream *stream);

#endif
