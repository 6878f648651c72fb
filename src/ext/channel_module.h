/* Handles of channels in Lua: userdata that name a channel to send into and one to receive from, which are the same
 * unless the channel leads to another process. */
#ifndef RL_EXT_CHANNEL_MODULE_H
#define RL_EXT_CHANNEL_MODULE_H

#include "ext/context.h"

#define RL_CHANNEL_CAPACITY 64 /* of those that nobody says otherwise of */

typedef struct ChannelHandle {
  Channel *out, *in; /* a reference each */
} ChannelHandle;

/* Pushes a handle with references of its own; one for each channel in a state, so that equal channels are equal values.
 */
void rl_channel_push(State *L, Channel *out, Channel *in);
/* Pushes the handle of the domain's channel of that name, made when there is none. May raise. */
void rl_channel_push_named(State *L, const Context *context, const char *name, size_t capacity);
/* The same for a new channel without a name. */
void rl_channel_push_new(State *L, const Context *context, size_t capacity);
/* Closes both ways; one that leads to another process lets what has been sent leave first (ext/remote.h). */
void rl_channel_shut(const ChannelHandle *handle);
/* Pushes the handle of two new channels, one to send into and one to receive from. May raise. */
ChannelHandle *rl_channel_push_pair(State *L, const Context *context, size_t capacity);
/* NULL when the value is none. */
ChannelHandle *rl_channel_test(State *L, int index);

/* cases: channels (receive from), isolates (until they end), lists {channel, values...} (send). For "rille.channel". */
int rl_channel_select_cases(State *L);

#endif
