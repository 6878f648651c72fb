#include "vm/interrupt.h"

#include "vm/interp.h"

#ifdef __linux__
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

static void prepare_barrier(void) {
  syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
}
static bool barrier_everywhere(void) {
  return syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
}
#else
static void prepare_barrier(void) {
}
static bool barrier_everywhere(void) {
  return false;
}
#endif

#include <time.h>

void rl_interrupt_prepare(State *L, lua_Hook handler, void (*on_work)(State *L, size_t units), void *data) {
  Interrupt *interrupt = &L->global->interrupt;
  prepare_barrier();
  interrupt->handler = handler;
  interrupt->on_work = on_work;
  interrupt->data = data;
}

/* Without such a barrier: longer than any store waits in a processor. */
static void wait_for_stores(void) {
  struct timespec pause = {.tv_nsec = 100000};
  if (!barrier_everywhere()) nanosleep(&pause, NULL);
}

void rl_interrupt_request(State *L, uint32_t reason) {
  Global *global = L->global;
  Interrupt *interrupt = &global->interrupt;
  if (interrupt->handler == NULL) return;
  __atomic_fetch_or(&interrupt->requested, reason, __ATOMIC_SEQ_CST);
  wait_for_stores();
  while (__atomic_exchange_n(&interrupt->lock, 1, __ATOMIC_ACQUIRE) != 0) continue;
  State *current = __atomic_load_n(&global->current, __ATOMIC_ACQUIRE);
  if (current != NULL) rl_interrupt_notice(current);
  __atomic_store_n(&interrupt->lock, 0, __ATOMIC_RELEASE);
}

void rl_interrupt_withdraw(State *L) {
  __atomic_store_n(&L->global->interrupt.requested, 0, __ATOMIC_RELAXED);
}

void rl_interrupt_notice(State *L) {
  state_set_dispatch(L, rl_interpret_dispatch(LUA_MASKCOUNT));
}
