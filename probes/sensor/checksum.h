/* CRC-32 as in zlib and Ethernet (reflected 0xEDB88320). */
#ifndef SENSOR_CHECKSUM_H
#define SENSOR_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of what `sum` is that of (0: nothing) followed by these bytes. */
uint32_t checksum(uint32_t sum, const unsigned char *bytes, size_t size);

#endif
