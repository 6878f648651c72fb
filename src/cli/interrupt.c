/* A signal handler gets no argument, so the state to be interrupted must be found through a variable. It is the only
 * writable one in the sources, and lives in the command, not in the library. The handler does nothing but set a hook,
 * which lua_sethook allows at any time; the hook raises the error where the state can bear it. */
#include "cli/interrupt.h"

#include "lauxlib.h"

#include <signal.h>
#include <stddef.h>

static lua_State *volatile watched_state;

static void raise_interrupted(lua_State *L, lua_Debug *activation) {
  (void)activation;
  lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "interrupted!");
}

static void set_action(void (*action)(int)) {
  struct sigaction request = {0};
  request.sa_handler = action;
  sigemptyset(&request.sa_mask);
  sigaction(SIGINT, &request, NULL);
}

static void interrupt(int signal_number) {
  (void)signal_number;
  set_action(SIG_DFL);
  lua_sethook(watched_state, raise_interrupted, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

void rl_interrupt_watch(lua_State *L) {
  watched_state = L;
  set_action(interrupt);
}

void rl_interrupt_unwatch(void) {
  set_action(SIG_DFL);
}
