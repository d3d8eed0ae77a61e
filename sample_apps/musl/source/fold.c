#include "shop.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

char *folded(const char *word)
{
    size_t room = 4 * strlen(word) + 1, used = 0;
    char *result = malloc(room);
    wchar_t letter;
    int length;
    if (!result)
        return NULL;
    while (*word && (length = mbtowc(&letter, word, 4)) > 0) {
        int written = wctomb(result + used, (wchar_t)towupper((wint_t)letter));
        if (written < 0)
            break;
        used += (size_t)written;
        word += length;
    }
    result[used] = 0;
    return result;
}
