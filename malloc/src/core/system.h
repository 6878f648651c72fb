/* The seam to the operating system: everything that the allocator asks of it goes through here, as raw system calls, so
 * that functions of the C library which a program has replaced (a recording mmap, say) are not entered again. None of
 * these changes errno. Sizes and addresses are multiples of the page. */
#ifndef RLM_SYSTEM_H
#define RLM_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RLM_PAGE       4096u
#define RLM_PAGE_SHIFT 12

/* Address space that cannot be touched yet. `hint` is where it is wanted (NULL: anywhere); with `exactly` nowhere else.
 * NULL when refused. */
void *rlm_system_reserve(void *hint, size_t size, bool exactly);
/* Zeroed memory that can be used, NULL when refused. */
void *rlm_system_map(size_t size);
/* Makes reserved memory usable; its content is zeros the first time. False when refused. */
bool rlm_system_commit(void *address, size_t size);
/* Makes it reserved again: the content is lost and the system has the memory back. False when refused: then nothing has
 * changed. */
bool rlm_system_decommit(void *address, size_t size);
/* The content becomes zeros and the system has the memory back. False when refused: then nothing has changed. */
bool rlm_system_purge(void *address, size_t size);
/* Wants huge pages for this range; only advice. */
void rlm_system_prefer_huge(void *address, size_t size);
/* Changes the size of a mapping made by rlm_system_map, moving it if need be. NULL when refused: then it is as it was.
 */
void *rlm_system_remap(void *address, size_t old_size, size_t new_size, bool may_move);
/* Makes the whole range inaccessible but keeps it. */
bool rlm_system_guard(void *address, size_t size);
/* Never fails for what we mapped; under a full table of mappings memory that cannot be unmapped is purged. */
void rlm_system_unmap(void *address, size_t size);

/* Milliseconds of a clock that only goes forward; cheap, coarse. */
uint64_t rlm_system_milliseconds(void);
/* Bits that another process cannot guess. */
uint64_t rlm_system_entropy(void);
unsigned rlm_system_processors(void);
unsigned rlm_system_thread_id(void);
/* Whether the word at that address, a multiple of 8, can be read. */
bool rlm_system_is_readable(const void *address);
/* A copy of a descriptor, out of the way of the program's own ones and closed by exec; -1: none. */
int rlm_system_keep_descriptor(int descriptor);
void rlm_system_write(int descriptor, const char *text, size_t length);
/* Sleeps while *word is `value`, or wakes up for no reason. */
void rlm_system_wait(_Atomic(uint32_t) *word, uint32_t value);
/* The same, but not for longer than that. */
void rlm_system_wait_for(_Atomic(uint32_t) *word, uint32_t value, unsigned milliseconds);
void rlm_system_wake_one(_Atomic(uint32_t) *word);
void rlm_system_yield(void);

/* Once every processor that runs a thread of this process has done a full barrier, true; false: the system has no such
 * call. */
bool rlm_system_barrier(void);
/* To be called while there is one thread: later it takes long. */
void rlm_system_prepare_barrier(void);
void rlm_system_name_thread(const char *name);

/* Tells the processor that this thread waits in a loop. */
static inline void rlm_system_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#ifdef RLM_TESTING
/* For tests: the k-th request for memory from now (reserve, map, commit, remap, purge, decommit, guard), or for a
 * barrier, is refused, and with `and_all_later` every one after it; 0: none. Returns how many there were since the last
 * call of this. */
unsigned long rlm_system_fail_at(unsigned long k, bool and_all_later);
#endif

#endif
