#include "ext/channel.h"

#include <stdlib.h>
#include <string.h>

#include "ext/domain.h"
#include "ext/remote.h"

/* ---- life ---- */

Channel *rl_channel_new(Domain *domain, const char *name, size_t capacity) {
  Channel *channel = calloc(1, sizeof *channel);
  if (channel == NULL) return NULL;
  if (name != NULL && (channel->name = strdup(name)) == NULL) {
    free(channel);
    return NULL;
  }
  pthread_mutex_init(&channel->lock, NULL);
  channel->references = 1;
  channel->capacity = capacity;
  channel->domain = domain;
  rl_domain_add_channel(domain, channel);
  return channel;
}

Channel *rl_channel_retain(Channel *channel) {
  __atomic_add_fetch(&channel->references, 1, __ATOMIC_RELAXED);
  return channel;
}

Channel *rl_channel_try_retain(Channel *channel) {
  uint32_t references = __atomic_load_n(&channel->references, __ATOMIC_RELAXED);
  while (references > 0)
    if (__atomic_compare_exchange_n(&channel->references, &references, references + 1, true, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED))
      return channel;
  return NULL;
}

void rl_channel_drain(Channel *channel) {
  pthread_mutex_lock(&channel->lock);
  Message *message = channel->first;
  channel->first = channel->last = NULL;
  channel->count = 0;
  pthread_mutex_unlock(&channel->lock);
  while (message != NULL) {
    Message *next = message->next;
    rl_message_free(message);
    message = next;
  }
}

void rl_channel_release(Channel *channel) {
  if (__atomic_sub_fetch(&channel->references, 1, __ATOMIC_ACQ_REL) != 0) return;
  if (channel->remote != NULL) rl_remote_stop(channel->remote); /* its threads use the channel without a reference */
  rl_domain_remove_channel(channel);
  rl_channel_drain(channel);
  rl_remote_release(channel->remote);
  pthread_mutex_destroy(&channel->lock);
  free(channel->name);
  free(channel);
}

/* ---- lists ---- */

static void link_node(WaitNode *node) {
  WaitList *list = node->is_send ? &node->channel->senders : &node->channel->receivers;
  node->next = NULL;
  node->previous = list->last;
  *(list->last == NULL ? &list->first : &list->last->next) = node;
  list->last = node;
  node->is_linked = 1;
}

static void unlink_node(WaitNode *node) {
  WaitList *list = node->is_send ? &node->channel->senders : &node->channel->receivers;
  if (!node->is_linked) return;
  *(node->previous == NULL ? &list->first : &node->previous->next) = node->next;
  *(node->next == NULL ? &list->last : &node->next->previous) = node->previous;
  node->is_linked = 0;
}

/* The oldest waiter of the list that is still to be had, claimed and taken out; NULL when there is none. */
static WaitNode *claim_first(WaitList *list) {
  WaitNode *node;
  while ((node = list->first) != NULL) {
    int expected = WAITER_WAITS;
    unlink_node(node);
    if (__atomic_compare_exchange_n(&node->waiter->outcome, &expected, (int)node->index, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
      return node;
  }
  return NULL;
}

/* What is to be woken when the locks are released; at most one for each operation but `close`. */
static Parker *serve(WaitNode *node, Message *message, ChannelResult result) {
  node->message = message;
  node->result = (uint8_t)result;
  return node->waiter->notify(node->waiter);
}

static void append(Channel *channel, Message *message) {
  message->next = NULL;
  *(channel->last == NULL ? &channel->first : &channel->last->next) = message;
  channel->last = message;
  channel->count++;
}

static Message *take_first(Channel *channel) {
  Message *message = channel->first;
  channel->first = message->next;
  if (channel->first == NULL) channel->last = NULL;
  channel->count--;
  return message;
}

/* ---- one step, under the lock ---- */

static ChannelResult try_send(WaitNode *node, Parker **wake) {
  Channel *channel = node->channel;
  if (channel->is_closed) return CHANNEL_CLOSED;
  WaitNode *receiver = claim_first(&channel->receivers);
  if (receiver != NULL)
    *wake = serve(receiver, node->message, CHANNEL_DONE);
  else if (channel->count < channel->capacity)
    append(channel, node->message);
  else
    return CHANNEL_WAITS;
  node->message = NULL;
  return CHANNEL_DONE;
}

static ChannelResult try_receive(WaitNode *node, Parker **wake) {
  Channel *channel = node->channel;
  if (channel->first != NULL) {
    node->message = take_first(channel);
    /* (A message that was put back may have made the queue longer than its capacity.) */
    WaitNode *sender = channel->count < channel->capacity ? claim_first(&channel->senders) : NULL;
    if (sender != NULL) {
      append(channel, sender->message);
      *wake = serve(sender, NULL, CHANNEL_DONE);
    }
    return CHANNEL_DONE;
  }
  WaitNode *sender = claim_first(&channel->senders);
  if (sender != NULL) {
    node->message = sender->message;
    *wake = serve(sender, NULL, CHANNEL_DONE);
    return CHANNEL_DONE;
  }
  return channel->is_closed ? CHANNEL_CLOSED : CHANNEL_WAITS;
}

static ChannelResult try_node(WaitNode *node, Parker **wake) {
  ChannelResult result = node->is_send ? try_send(node, wake) : try_receive(node, wake);
  node->result = (uint8_t)result;
  return result;
}

/* ---- several channels ---- */

/* Locks or unlocks each channel once, in the order of addresses; the number of cases is small. */
static Channel *next_by_address(const WaitNode *nodes, size_t count, const Channel *after) {
  Channel *next = NULL;
  for (size_t i = 0; i < count; i++) {
    Channel *channel = nodes[i].channel;
    if (channel > after && (next == NULL || channel < next)) next = channel;
  }
  return next;
}

static void lock_all(const WaitNode *nodes, size_t count) {
  for (Channel *channel = NULL; (channel = next_by_address(nodes, count, channel)) != NULL;)
    pthread_mutex_lock(&channel->lock);
}

static void unlock_all(const WaitNode *nodes, size_t count) {
  for (Channel *channel = NULL; (channel = next_by_address(nodes, count, channel)) != NULL;)
    pthread_mutex_unlock(&channel->lock);
}

static void enlist(WaitNode *nodes, size_t count, Waiter *waiter) {
  __atomic_store_n(&waiter->outcome, WAITER_WAITS, __ATOMIC_RELAXED); /* the locks publish it */
  for (size_t i = 0; i < count; i++) {
    nodes[i].waiter = waiter;
    nodes[i].index = (uint32_t)i;
    link_node(&nodes[i]);
  }
}

ChannelResult rl_channel_select(WaitNode *nodes, size_t count, size_t start, Waiter *waiter, size_t *index) {
  Parker *wake = NULL;
  ChannelResult result = CHANNEL_WAITS;
  for (size_t i = 0; i < count; i++) nodes[i].is_linked = 0;
  lock_all(nodes, count);
  for (size_t i = 0; i < count && result == CHANNEL_WAITS; i++) {
    *index = (start + i) % count;
    result = try_node(&nodes[*index], &wake);
  }
  if (result == CHANNEL_WAITS && waiter != NULL) enlist(nodes, count, waiter);
  unlock_all(nodes, count);
  if (wake != NULL) rl_parker_wake(wake);
  return result;
}

bool rl_channel_finish(WaitNode *nodes, size_t count, Waiter *waiter, size_t *index) {
  int outcome = WAITER_WAITS;
  bool gave_up =
    __atomic_compare_exchange_n(&waiter->outcome, &outcome, WAITER_GAVE_UP, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  for (size_t i = 0; i < count; i++) {
    pthread_mutex_lock(&nodes[i].channel->lock);
    unlink_node(&nodes[i]);
    pthread_mutex_unlock(&nodes[i].channel->lock);
  }
  if (gave_up || outcome == WAITER_GAVE_UP) return false;
  *index = (size_t)outcome;
  return true;
}

/* ---- threads without a state ---- */

typedef struct ThreadWaiter {
  Waiter waiter; /* first */
  Parker *parker;
} ThreadWaiter;

static Parker *notify_thread(Waiter *waiter) {
  Parker *parker = ((ThreadWaiter *)waiter)->parker;
  rl_parker_set(parker);
  return parker;
}

ChannelResult rl_channel_operate(WaitNode *node, int64_t deadline, Parker *parker) {
  ThreadWaiter own = {.waiter = {.notify = notify_thread}, .parker = parker};
  size_t index;
  bool waits = deadline > 0;
  ChannelResult result = rl_channel_select(node, 1, 0, waits ? &own.waiter : NULL, &index);
  if (result != CHANNEL_WAITS || !waits) return result;
  while (__atomic_load_n(&own.waiter.outcome, __ATOMIC_ACQUIRE) == WAITER_WAITS && rl_clock_now() < deadline)
    rl_parker_sleep(parker, deadline);
  return rl_channel_finish(node, 1, &own.waiter, &index) ? (ChannelResult)node->result : CHANNEL_TIMEOUT;
}

/* ---- the rest ---- */

static void tell_closed(WaitList *list) {
  WaitNode *node;
  while ((node = claim_first(list)) != NULL) {
    Parker *wake = serve(node, node->message, CHANNEL_CLOSED);
    if (wake != NULL) rl_parker_wake(wake);
  }
}

void rl_channel_close(Channel *channel) {
  pthread_mutex_lock(&channel->lock);
  channel->is_closed = 1;
  tell_closed(&channel->senders);
  tell_closed(&channel->receivers);
  pthread_mutex_unlock(&channel->lock);
}

void rl_channel_put_back(Channel *channel, Message *message) {
  Parker *wake = NULL;
  pthread_mutex_lock(&channel->lock);
  WaitNode *receiver = claim_first(&channel->receivers);
  if (receiver != NULL) {
    wake = serve(receiver, message, CHANNEL_DONE);
  } else {
    message->next = channel->first;
    channel->first = message;
    if (channel->last == NULL) channel->last = message;
    channel->count++;
  }
  pthread_mutex_unlock(&channel->lock);
  if (wake != NULL) rl_parker_wake(wake);
}

size_t rl_channel_count(Channel *channel, bool *is_closed) {
  pthread_mutex_lock(&channel->lock);
  size_t count = channel->count;
  *is_closed = channel->is_closed;
  pthread_mutex_unlock(&channel->lock);
  return count;
}
