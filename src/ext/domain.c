#include "ext/domain.h"

#include <stdlib.h>
#include <string.h>

#include "ext/frozen.h"
#include "ext/isolate.h"
#include "ext/remote.h"

#define NAME_BUCKETS 64

typedef struct NamedEntry {
  struct NamedEntry *next;
  Channel *channel; /* or */
  Frozen *frozen;
  char name[];
} NamedEntry;

struct Domain {
  uint32_t references; /* atomic */
  pthread_mutex_t lock;
  pthread_cond_t isolate_ended;
  uint32_t states;
  Channel *channels;
  Isolate *isolates;
  size_t isolate_count;
  uint64_t last_number; /* atomic */
  NamedEntry *named[NAME_BUCKETS];
  NamedEntry *published[NAME_BUCKETS];
};

/* ---- life ---- */

Domain *rl_domain_new(void) {
  Domain *domain = calloc(1, sizeof *domain);
  if (domain == NULL) return NULL;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&domain->lock, NULL);
  pthread_cond_init(&domain->isolate_ended, &attributes);
  pthread_condattr_destroy(&attributes);
  domain->references = 1;
  domain->states = 1;
  return domain;
}

Domain *rl_domain_retain(Domain *domain) {
  __atomic_add_fetch(&domain->references, 1, __ATOMIC_RELAXED);
  return domain;
}

void rl_domain_release(Domain *domain) {
  if (__atomic_sub_fetch(&domain->references, 1, __ATOMIC_ACQ_REL) != 0) return;
  pthread_cond_destroy(&domain->isolate_ended);
  pthread_mutex_destroy(&domain->lock);
  free(domain);
}

Domain *rl_domain_enter(Domain *domain) {
  pthread_mutex_lock(&domain->lock);
  domain->states++;
  pthread_mutex_unlock(&domain->lock);
  return rl_domain_retain(domain);
}

static void free_entries(NamedEntry **buckets) {
  for (size_t i = 0; i < NAME_BUCKETS; i++) {
    for (NamedEntry *entry = buckets[i], *next; entry != NULL; entry = next) {
      next = entry->next;
      if (entry->channel != NULL) rl_channel_release(entry->channel);
      if (entry->frozen != NULL) rl_frozen_release(entry->frozen);
      free(entry);
    }
  }
}

/* Dropping messages drops channels, which leave the list by themselves; so it is held only to take the next one out. */
static void drain_channels(Domain *domain) {
  for (;;) {
    pthread_mutex_lock(&domain->lock);
    Channel *channel = domain->channels;
    for (; channel != NULL; channel = channel->next) {
      bool is_new = !channel->is_draining;
      channel->is_draining = 1;
      if (is_new && rl_channel_try_retain(channel) != NULL) break;
    }
    pthread_mutex_unlock(&domain->lock);
    if (channel == NULL) return;
    if (channel->remote != NULL) rl_remote_stop(channel->remote);
    rl_channel_drain(channel);
    rl_channel_release(channel);
  }
}

void rl_domain_leave(Domain *domain) {
  NamedEntry *named[NAME_BUCKETS], *published[NAME_BUCKETS];
  pthread_mutex_lock(&domain->lock);
  bool is_last = --domain->states == 0;
  if (is_last) {
    memcpy(named, domain->named, sizeof named);
    memset(domain->named, 0, sizeof named);
    memcpy(published, domain->published, sizeof published);
    memset(domain->published, 0, sizeof published);
  }
  pthread_mutex_unlock(&domain->lock);
  if (is_last) {
    free_entries(named);
    free_entries(published);
    drain_channels(domain);
  }
  rl_domain_release(domain);
}

/* ---- channels ---- */

void rl_domain_add_channel(Domain *domain, Channel *channel) {
  rl_domain_retain(domain);
  pthread_mutex_lock(&domain->lock);
  channel->next = domain->channels;
  channel->link = &domain->channels;
  if (channel->next != NULL) channel->next->link = &channel->next;
  domain->channels = channel;
  pthread_mutex_unlock(&domain->lock);
}

void rl_domain_remove_channel(Channel *channel) {
  Domain *domain = channel->domain;
  pthread_mutex_lock(&domain->lock);
  *channel->link = channel->next;
  if (channel->next != NULL) channel->next->link = channel->link;
  pthread_mutex_unlock(&domain->lock);
  channel->domain = NULL;
  rl_domain_release(domain);
}

static NamedEntry **find_entry(NamedEntry **buckets, const char *name) {
  uint32_t hash = 2166136261u;
  for (const char *at = name; *at != '\0'; at++) hash = (hash ^ (unsigned char)*at) * 16777619u;
  NamedEntry **link = &buckets[(hash ^ hash >> 16) % NAME_BUCKETS];
  while (*link != NULL && strcmp((*link)->name, name) != 0) link = &(*link)->next;
  return link;
}

static NamedEntry *new_entry(const char *name) {
  size_t size = strlen(name) + 1;
  NamedEntry *entry = calloc(1, sizeof *entry + size);
  if (entry != NULL) memcpy(entry->name, name, size);
  return entry;
}

/* Made outside of the lock, because making a channel takes it too. */
Channel *rl_domain_open_channel(Domain *domain, const char *name, size_t capacity) {
  pthread_mutex_lock(&domain->lock);
  NamedEntry *found = *find_entry(domain->named, name);
  Channel *channel = found == NULL ? NULL : rl_channel_retain(found->channel);
  pthread_mutex_unlock(&domain->lock);
  if (channel != NULL) return channel;
  NamedEntry *entry = new_entry(name);
  Channel *fresh = entry == NULL ? NULL : rl_channel_new(domain, name, capacity);
  if (fresh == NULL) {
    free(entry);
    return NULL;
  }
  pthread_mutex_lock(&domain->lock);
  NamedEntry **link = find_entry(domain->named, name);
  if (*link == NULL) {
    entry->channel = rl_channel_retain(fresh);
    *link = entry;
    entry = NULL;
  }
  channel = rl_channel_retain((*link)->channel);
  pthread_mutex_unlock(&domain->lock);
  free(entry);
  rl_channel_release(fresh);
  return channel;
}

void rl_domain_forget_name(Channel *channel) {
  Domain *domain = channel->domain;
  if (channel->name == NULL) return;
  pthread_mutex_lock(&domain->lock);
  NamedEntry **link = find_entry(domain->named, channel->name);
  NamedEntry *entry = *link;
  if (entry != NULL && entry->channel == channel)
    *link = entry->next;
  else
    entry = NULL;
  pthread_mutex_unlock(&domain->lock);
  if (entry == NULL) return;
  rl_channel_release(entry->channel);
  free(entry);
}

/* ---- isolates ---- */

void rl_domain_add_isolate(Domain *domain, Isolate *isolate) {
  pthread_mutex_lock(&domain->lock);
  isolate->next = domain->isolates;
  isolate->link = &domain->isolates;
  if (isolate->next != NULL) isolate->next->link = &isolate->next;
  domain->isolates = isolate;
  domain->isolate_count++;
  pthread_mutex_unlock(&domain->lock);
}

void rl_domain_remove_isolate(Isolate *isolate) {
  Domain *domain = isolate->domain;
  pthread_mutex_lock(&domain->lock);
  *isolate->link = isolate->next;
  if (isolate->next != NULL) isolate->next->link = isolate->link;
  pthread_mutex_unlock(&domain->lock);
}

void rl_domain_isolate_is_gone(Domain *domain) {
  pthread_mutex_lock(&domain->lock);
  domain->isolate_count--;
  pthread_cond_broadcast(&domain->isolate_ended);
  pthread_mutex_unlock(&domain->lock);
}

uint64_t rl_domain_next_number(Domain *domain) {
  return __atomic_add_fetch(&domain->last_number, 1, __ATOMIC_RELAXED);
}

/* An isolate is taken by a reference and cancelled outside of the lock; one that is already cancelled is skipped, so
 * the loop ends although others come and go. (In the list it has a reference of its own thread.) */
static void cancel_all(Domain *domain, const Isolate *except) {
  for (;;) {
    pthread_mutex_lock(&domain->lock);
    Isolate *isolate = domain->isolates;
    while (isolate != NULL && (isolate == except || rl_isolate_is_cancelled(isolate))) isolate = isolate->next;
    if (isolate != NULL) rl_isolate_retain(isolate);
    pthread_mutex_unlock(&domain->lock);
    if (isolate == NULL) return;
    rl_isolate_cancel(isolate);
    rl_isolate_release(isolate);
  }
}

bool rl_domain_stop(Domain *domain, bool cancel, double seconds, const Isolate *except) {
  int64_t deadline = rl_clock_deadline(seconds);
  size_t allowed = except != NULL;
  bool in_time = true;
  pthread_mutex_lock(&domain->lock);
  while (domain->isolate_count > allowed && in_time) {
    pthread_mutex_unlock(&domain->lock);
    if (cancel) cancel_all(domain, except); /* also those that were spawned meanwhile */
    pthread_mutex_lock(&domain->lock);
    if (domain->isolate_count <= allowed) break;
    int64_t next = rl_clock_deadline(0.1);
    if (next > deadline) next = deadline;
    struct timespec limit = {next / 1000000000, next % 1000000000};
    pthread_cond_timedwait(&domain->isolate_ended, &domain->lock, &limit);
    in_time = rl_clock_now() < deadline;
  }
  bool stopped = domain->isolate_count <= allowed;
  pthread_mutex_unlock(&domain->lock);
  return stopped;
}

/* ---- published values ---- */

Frozen *rl_domain_published(Domain *domain, const char *name) {
  pthread_mutex_lock(&domain->lock);
  const NamedEntry *entry = *find_entry(domain->published, name);
  Frozen *frozen = entry == NULL ? NULL : rl_frozen_retain(entry->frozen);
  pthread_mutex_unlock(&domain->lock);
  return frozen;
}

PublishResult rl_domain_publish(Domain *domain, const char *name, Frozen *frozen) {
  NamedEntry *entry = new_entry(name);
  if (entry == NULL) return PUBLISH_NO_MEMORY;
  pthread_mutex_lock(&domain->lock);
  NamedEntry **link = find_entry(domain->published, name);
  bool is_free = *link == NULL;
  if (is_free) {
    entry->frozen = rl_frozen_retain(frozen);
    *link = entry;
  }
  pthread_mutex_unlock(&domain->lock);
  if (!is_free) free(entry);
  return is_free ? PUBLISH_DONE : PUBLISH_TAKEN;
}
