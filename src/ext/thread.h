/* Operating-system threads that nobody waits for. */
#ifndef RL_EXT_THREAD_H
#define RL_EXT_THREAD_H

#include <stdbool.h>
#include <stddef.h>

/* Starts a detached thread with all signals blocked (they are the host's); stack_size 0: the usual one, 1 MB (memory
 * only where it is used). False: there is none to be had. */
bool rl_thread_start(void *(*function)(void *), void *data, size_t stack_size);

#endif
