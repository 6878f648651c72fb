/* A domain is what the states that can reach each other share: named channels, published values, the list of running
 * isolates. It begins
 * with the first state that asks for one of our modules, every isolate inherits its spawner's, and nothing of it lies
 * in a global variable: a process may have any number of domains that know nothing of each other.
 *
 * Two counts: `states` of those that may send and receive; when it falls to zero, everything that still lies in queues
 * is dropped. `references` keep the memory: states, channels and isolates hold one each. */
#ifndef RL_EXT_DOMAIN_H
#define RL_EXT_DOMAIN_H

#include "ext/channel.h"

typedef struct Isolate Isolate;
typedef struct Frozen Frozen;

Domain *rl_domain_new(void); /* one reference and one state; NULL without memory */
Domain *rl_domain_retain(Domain *domain);
void rl_domain_release(Domain *domain);
/* A state more. A state less: the last one drops what lies in the channels. With a reference each. */
Domain *rl_domain_enter(Domain *domain);
void rl_domain_leave(Domain *domain);

/* For ext/channel.c. */
void rl_domain_add_channel(Domain *domain, Channel *channel);
void rl_domain_remove_channel(Channel *channel);

/* The channel of that name, made when there is none; one reference for the caller, NULL without memory. A channel keeps
 * its name until it is closed and empty. */
Channel *rl_domain_open_channel(Domain *domain, const char *name, size_t capacity);
/* Closed and empty: the name is free again. */
void rl_domain_forget_name(Channel *channel);

/* Running isolates. The list does not own them: each takes itself out at its end, and says when it has let go of
 * everything: rl_domain_stop waits for that. */
void rl_domain_add_isolate(Domain *domain, Isolate *isolate);
void rl_domain_remove_isolate(Isolate *isolate);
void rl_domain_isolate_is_gone(Domain *domain);
/* Cancels all and waits until they are gone, or for so many seconds; true when they are gone. Without `cancel` only
 * waits. */
bool rl_domain_stop(Domain *domain, bool cancel, double seconds, const Isolate *except);
/* 1, 2, 3, ... for names. */
uint64_t rl_domain_next_number(Domain *domain);

/* Published values: the frozen value under the name, with a reference for the caller, or NULL. Publishing keeps a
 * reference of its own. */
typedef enum PublishResult { PUBLISH_DONE, PUBLISH_TAKEN, PUBLISH_NO_MEMORY } PublishResult;
Frozen *rl_domain_published(Domain *domain, const char *name);
PublishResult rl_domain_publish(Domain *domain, const char *name, Frozen *frozen);

#endif
