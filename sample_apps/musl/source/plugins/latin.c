/* From UTF-8 to ISO-8859-15 and back: musl has the tables of iconv in itself. */
#include "../shop.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

static char *converted(const char *to, const char *from, char *text)
{
    iconv_t conversion = iconv_open(to, from);
    if (conversion == (iconv_t)-1)
        return NULL;
    size_t left = strlen(text), room = 4 * left;
    char *result = calloc(1, room + 1), *place = result;
    if (result && iconv(conversion, &text, &left, &place, &room) == (size_t)-1) {
        free(result);
        result = NULL;
    }
    iconv_close(conversion);
    return result;
}

char *plugin_answer(const char *word)
{
    char *latin = converted("ISO-8859-15", "UTF-8", (char *)word);
    char *back = latin ? converted("UTF-8", "ISO-8859-15", latin) : NULL;
    free(latin);
    return back;
}
