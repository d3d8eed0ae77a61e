#include "stream.h"

#include <limits.h>
#include <string.h>
#include <time.h>

#include "checksum.h"
#include "descriptor.h"

static uint64_t monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void stream_open(struct stream *stream, int descriptor)
{
    static const unsigned char magic[STREAM_HEADER] = {'S', 'L', 'I', 'M', 'T', 'R', 'C', 0, 3};

    *stream = (struct stream){.descriptor = descriptor, .started = monotonic()};
    memcpy(stream->buffer, magic, sizeof magic);
    stream->used = sizeof magic;
    stream->checksum = checksum(0, magic, sizeof magic);
}

uint64_t stream_now(const struct stream *stream) { return monotonic() - stream->started; }

void stream_flush(struct stream *stream)
{
    if (stream->used == 0)
        return;
    if (!descriptor_write_all(stream->descriptor, stream->buffer, stream->used))
        stream->closed = true;
    stream->used = 0;
}

static void put(struct stream *stream, uint64_t value, size_t size)
{
    for (size_t index = 0; index < size; index++)
        stream->buffer[stream->cursor++] = (unsigned char)(value >> (8 * index));
}

void stream_begin(struct stream *stream, uint8_t type)
{
    if (STREAM_BUFFER - stream->used < STREAM_HEADER + STREAM_BODY_LIMIT)
        stream_flush(stream);
    stream->cursor = stream->used;
    put(stream, 0, 4); /* the body's size, known at the end */
    put(stream, type, 4);
    put(stream, stream_now(stream), 8);
}

void stream_u8(struct stream *stream, uint8_t value) { put(stream, value, 1); }
void stream_u16(struct stream *stream, uint16_t value) { put(stream, value, 2); }
void stream_u32(struct stream *stream, uint32_t value) { put(stream, value, 4); }
void stream_u64(struct stream *stream, uint64_t value) { put(stream, value, 8); }

void stream_bytes(struct stream *stream, const void *bytes, size_t size)
{
    memcpy(stream->buffer + stream->cursor, bytes, size);
    stream->cursor += size;
}

void stream_text(struct stream *stream, const char *text, size_t size)
{
    if (size > PATH_MAX)
        size = PATH_MAX;
    stream_u16(stream, (uint16_t)size);
    stream_bytes(stream, text, size);
}

const void *stream_body(const struct stream *stream, size_t offset, size_t *size)
{
    size_t start = stream->used + STREAM_HEADER + offset;
    *size = stream->cursor - start;
    return stream->buffer + start;
}

void stream_end(struct stream *stream)
{
    unsigned char *record = stream->buffer + stream->used;
    size_t size = stream->cursor - stream->used;
    uint32_t body = (uint32_t)(size - STREAM_HEADER);
    uint8_t type = record[4];

    stream->cursor = stream->used;
    put(stream, body, 4);
    if (stream->closed)
        return;
    stream->counts[type % STREAM_TYPES]++;
    stream->checksum = checksum(stream->checksum, record, size);
    stream->used += size;
}
