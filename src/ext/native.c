/* The C interface of isolates and channels: rille.h. */
#include "ext/channel_module.h"
#include "ext/operation.h"

LUA_API rille_Channel *rille_tochannel(lua_State *L, int index) {
  ChannelHandle *handle = rl_channel_test(L, index);
  return handle == NULL ? NULL : (rille_Channel *)rl_channel_retain(handle->in);
}

LUA_API void rille_releasechannel(rille_Channel *channel) {
  rl_channel_release((Channel *)channel);
}
