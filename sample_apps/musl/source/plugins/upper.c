#include "../shop.h"

char *plugin_answer(const char *word)
{
    return folded(word);
}
