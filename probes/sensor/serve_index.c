#include "serve_index.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "listing.h"

/* A build waits for the index, while its target starts: with more threads than one, the walk gets
 * its share of the processors. More than this wait for each other in the kernel. */
enum { MOST_THREADS = 4 };

/* What the threads share; whoever holds the lock may touch it, and write the answer. */
struct walk {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    const struct path_list *not_entered;
    char **pending; /* directories whose children are still to be listed */
    size_t pending_count;
    size_t pending_space;
    size_t busy; /* threads that list one, and may find more */
    uint64_t entries;
    bool out_of_memory;
};

static bool reserve(struct walk *walk, size_t count)
{
    if (walk->pending_count + count <= walk->pending_space)
        return true;
    size_t space = 2 * (walk->pending_count + count);
    char **pending = realloc(walk->pending, space * sizeof *pending);
    if (pending == NULL)
        return false;
    walk->pending = pending;
    walk->pending_space = space;
    return true;
}

/* Records are written before their directories can be listed by anybody, so that each directory
 * comes before what is in it. */
static void take_over(struct walk *walk, struct listing *listing)
{
    answer_bytes(listing->bytes, listing->size);
    walk->entries += listing->entries;
    bool is_whole = !listing->out_of_memory && reserve(walk, listing->directory_count);
    for (size_t index = 0; index < listing->directory_count; index++) {
        if (is_whole)
            walk->pending[walk->pending_count++] = listing->directories[index];
        else
            free(listing->directories[index]);
    }
    walk->out_of_memory = walk->out_of_memory || !is_whole;
    listing_clear(listing);
}

/* The next directory, NULL when there is none and no thread can find one. */
static char *next_directory(struct walk *walk)
{
    while (walk->pending_count == 0 && walk->busy > 0 && !walk->out_of_memory)
        pthread_cond_wait(&walk->changed, &walk->lock);
    return walk->pending_count == 0 || walk->out_of_memory ? NULL
                                                           : walk->pending[--walk->pending_count];
}

static void *list_directories(void *shared)
{
    struct walk *walk = shared;
    struct listing listing = {.not_entered = walk->not_entered};
    pthread_mutex_lock(&walk->lock);
    for (char *directory; (directory = next_directory(walk)) != NULL; free(directory)) {
        walk->busy++;
        pthread_mutex_unlock(&walk->lock);
        listing_add_children(&listing, directory);
        pthread_mutex_lock(&walk->lock);
        take_over(walk, &listing);
        walk->busy--;
        pthread_cond_broadcast(&walk->changed);
    }
    pthread_mutex_unlock(&walk->lock);
    listing_free(&listing);
    return NULL;
}

/* This thread and, as far as they can be had, others list all that is pending. */
static void list_all(struct walk *walk)
{
    pthread_t helpers[MOST_THREADS - 1];
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = processors < 2 ? 1 : processors > MOST_THREADS ? MOST_THREADS : (size_t)processors;
    size_t started = 0;
    while (started + 1 < wanted &&
           pthread_create(&helpers[started], NULL, list_directories, walk) == 0)
        started++;
    (void)list_directories(walk);
    while (started > 0)
        pthread_join(helpers[--started], NULL);
}

bool serve_index(const struct path_list *not_entered)
{
    struct walk walk = {
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
        .not_entered = not_entered,
    };
    struct listing root = {.not_entered = not_entered};
    listing_add_path(&root, "/");
    take_over(&walk, &root);
    listing_free(&root);
    list_all(&walk);
    while (walk.pending_count > 0)
        free(walk.pending[--walk.pending_count]);
    free(walk.pending);
    answer_integer(0, 4);
    answer_integer(walk.entries, 8);
    return !walk.out_of_memory;
}
