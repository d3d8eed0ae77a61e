/* What the parts of the shop offer to each other. Texts that are returned as `char *` are the
 * caller's to free; NULL where there is no answer. */
#ifndef SHOP_H
#define SHOP_H

/* A plugin's only function. */
char *plugin_answer(const char *word);

/* libwords, beside the program: a line of the table in /srv/shop/words/LANGUAGE. */
char *word_in(const char *language, const char *word);

/* libfold, in a directory of the loader's path file: the word in capital letters. */
char *folded(const char *word);

#endif
