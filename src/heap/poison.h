/* Free cells are out of bounds for AddressSanitizer, so that use after free is found though the block is alive. */
#ifndef RL_HEAP_POISON_H
#define RL_HEAP_POISON_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define RL_CELL_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RL_CELL_POISON 1
#endif
#endif

#ifdef RL_CELL_POISON
#include <sanitizer/asan_interface.h>
static inline void poison(const void *bytes, size_t size) {
  __asan_poison_memory_region(bytes, size);
}
static inline void unpoison(const void *bytes, size_t size) {
  __asan_unpoison_memory_region(bytes, size);
}
#else
static inline void poison(const void *bytes, size_t size) {
  (void)bytes, (void)size;
}
static inline void unpoison(const void *bytes, size_t size) {
  (void)bytes, (void)size;
}
#endif

#endif
