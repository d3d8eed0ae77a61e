/* A checksum by a library of its own that nothing else uses, found by the path file of
 * musl's loader. */
#define _GNU_SOURCE
#include "../shop.h"

#include <stdio.h>
#include <stdlib.h>

unsigned long adler(const char *word);

char *plugin_answer(const char *word)
{
    char *answer = NULL;
    return asprintf(&answer, "%08lx", adler(word)) < 0 ? NULL : answer;
}
