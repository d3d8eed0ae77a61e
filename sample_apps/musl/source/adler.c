/* RFC 1950, 8.2. */
unsigned long adler(const char *word)
{
    unsigned long a = 1, b = 0;
    for (; *word; word++) {
        a = (a + (unsigned char)*word) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}
