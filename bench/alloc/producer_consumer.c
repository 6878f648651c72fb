/* One thread makes blocks, another reads and frees them; a bounded queue in batches lies between, so that the queue itself costs little. */
#include "support.h"

enum { BATCH = 1024, QUEUE = 16 };

typedef struct Message {
  size_t size;
  uint64_t value;
} Message;

typedef struct Queue {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  Message *batches[QUEUE][BATCH];
  size_t made, taken; /* batches */
  size_t total;
  uint64_t sum;
} Queue;

static void *consume(void *data) {
  Queue *queue = data;
  Message *batch[BATCH];
  for (size_t i = 0; i < queue->total; i++) {
    pthread_mutex_lock(&queue->lock);
    while (queue->taken == queue->made) pthread_cond_wait(&queue->changed, &queue->lock);
    memcpy(batch, queue->batches[queue->taken % QUEUE], sizeof batch);
    queue->taken++;
    pthread_cond_signal(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
    for (size_t j = 0; j < BATCH; j++) {
      queue->sum += batch[j]->value + batch[j]->size;
      free(batch[j]);
    }
  }
  return NULL;
}

static void produce(Queue *queue, Random *random) {
  Message *batch[BATCH];
  for (size_t i = 0; i < queue->total; i++) {
    for (size_t j = 0; j < BATCH; j++) {
      size_t size = sizeof(Message) + random_below(random, 200);
      batch[j] = block_new(size, 0);
      batch[j]->size = size;
      batch[j]->value = i * j;
    }
    pthread_mutex_lock(&queue->lock);
    while (queue->made - queue->taken == QUEUE) pthread_cond_wait(&queue->changed, &queue->lock);
    memcpy(queue->batches[queue->made % QUEUE], batch, sizeof batch);
    queue->made++;
    pthread_cond_signal(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
  }
}

int main(int argc, char **argv) {
  static Queue queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
  Random random = random_seeded(5);
  queue.total = scaled(argc, argv, 3500);
  pthread_t consumer = thread_start(consume, &queue);
  produce(&queue, &random);
  pthread_join(consumer, NULL);
  return report(queue.sum);
}
