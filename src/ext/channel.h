/* Channels: queues of messages between states, without Lua in them.
 *
 * A channel holds up to `capacity` messages; with capacity 0 a sender waits until a receiver takes its message
 * (rendezvous). Two lists say who waits. At every moment, under the channel's lock:
 *
 *   - receivers wait only while the queue is empty and no sender waits;
 *   - senders wait only while the queue is full.
 *
 * Both lists are served strictly first come, first served, and by handing over: who puts a message in gives it to the
 * oldest waiting receiver, who takes one out moves the message of the oldest waiting sender in. The woken thread need
 * not compete for what it waited for, so nobody starves, and nobody is woken in vain.
 *
 * One wait may stand in the lists of several channels (select): a Waiter with a WaitNode in each. Whoever wants to
 * serve it must claim it: turn `outcome` from WAITER_WAITS into the index of the node, with one compare-and-swap,
 * holding the lock of the node's channel. Only one can. A waiter that gives up (timeout, cancel) claims itself. Then it
 * locks its channels one after the other to take its nodes out of their lists; as a claimer holds the lock until it is
 * done with the waiter, the waiter can neither go away too early nor read a message that is half handed over.
 *
 * A select locks all of its channels (in the order of their addresses, so that two selects cannot block each other)
 * while it looks for a ready one, and puts its nodes in before it lets go. So a waiter in the lists is complete, and
 * who claims never stands in a list itself: one compare-and-swap is enough.
 *
 * After `close` sends fail and receives go on until the queue is empty; everybody who waits is told. A message that
 * could not be sent stays its sender's; one that was received but could not be read goes back to the front.
 *
 * Messages that lie in a channel's queue hold references to channels, maybe to that very one. So dropping the last
 * handle is not always enough for an unreachable channel to die; what is left dies with the domain, when no state of it
 * exists any more and nobody can receive. */
#ifndef RL_EXT_CHANNEL_H
#define RL_EXT_CHANNEL_H

#include <pthread.h>

#include "ext/message.h"
#include "ext/parker.h"

typedef struct Channel Channel;
typedef struct Waiter Waiter;
typedef struct Domain Domain;

typedef enum ChannelResult {
  CHANNEL_DONE,
  CHANNEL_CLOSED,
  CHANNEL_WAITS,  /* nothing to be had now; or: not decided yet */
  CHANNEL_TIMEOUT /* of a wait */
} ChannelResult;

/* One thing that a wait is for. The caller fills in the first three. */
typedef struct WaitNode {
  Channel *channel;
  Message *message; /* to be sent: the waiter's until the node is DONE; or received: the waiter's from then on */
  uint8_t is_send;
  uint8_t result; /* ChannelResult, written under the channel's lock */
  uint8_t is_linked;
  uint32_t index; /* in the waiter */
  Waiter *waiter;
  struct WaitNode *next, *previous;
} WaitNode;

#define WAITER_WAITS   (-1)
#define WAITER_GAVE_UP (-2)

struct Waiter {
  int outcome; /* atomic */
  /* Called by who has claimed the waiter, under the channel's lock: makes sure that it goes on. Returns what is to be
   * woken when the lock is released, or NULL. */
  Parker *(*notify)(Waiter *waiter);
};

typedef struct WaitList {
  WaitNode *first, *last;
} WaitList;

struct Channel {
  pthread_mutex_t lock;
  uint32_t references; /* atomic */
  uint8_t is_closed;
  uint8_t is_draining; /* under the domain's lock: the domain has no states any more and is dropping everything */
  size_t capacity;
  size_t count;
  Message *first, *last;
  WaitList senders, receivers;
  Domain *domain;               /* knows the channel, is not kept alive by it */
  struct Channel *next, **link; /* of the domain's list of all channels */
  struct Remote *remote;        /* NULL, or what carries this channel's messages to another process */
  char *name;                   /* NULL: anonymous */
};

/* One reference; NULL without memory. `name` is copied. */
Channel *rl_channel_new(Domain *domain, const char *name, size_t capacity);
Channel *rl_channel_retain(Channel *channel);
/* A reference, unless the last one is just going: NULL then. For who found the channel in the domain's list. */
Channel *rl_channel_try_retain(Channel *channel);
void rl_channel_release(Channel *channel);
/* Frees all messages in the queue. */
void rl_channel_drain(Channel *channel);

/* Does the first of the nodes that can be done at once, beginning with number `start`. CHANNEL_WAITS: none; the nodes
 * are then in the lists when `waiter` is not NULL (nodes->waiter etc. are filled in). Else *index tells which, and its
 * result and message are valid. No two nodes need be of different channels. */
ChannelResult rl_channel_select(WaitNode *nodes, size_t count, size_t start, Waiter *waiter, size_t *index);
/* The waiter gives up, unless somebody has claimed it. Then takes its nodes out of the lists, in any case. True and the
 * index of the claimed node, or false. */
bool rl_channel_finish(WaitNode *nodes, size_t count, Waiter *waiter, size_t *index);

/* One operation by a thread without a state (those that carry messages). Deadline 0: does not wait. */
ChannelResult rl_channel_operate(WaitNode *node, int64_t deadline, Parker *parker);

void rl_channel_close(Channel *channel);
/* A message that was received goes back to the front. */
void rl_channel_put_back(Channel *channel, Message *message);
/* Messages in the queue, and whether the channel is closed. */
size_t rl_channel_count(Channel *channel, bool *is_closed);

#endif
