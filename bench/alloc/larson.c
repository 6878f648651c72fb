/* A server as in Larson and Krishnan, "Memory allocation for long-running server applications": each thread replaces random
 * blocks of its table; after a while it hands the table to a successor and ends, so blocks outlive their makers. */
#include "support.h"

enum { THREADS = 4, SLOTS = 5000, LIVES = 10 };

typedef struct Connection {
  void *blocks[SLOTS];
  uint16_t sizes[SLOTS];
  Random random;
  size_t operations;
  uint64_t sum;
} Connection;

static void *serve(void *data) {
  Connection *connection = data;
  Random *random = &connection->random;
  for (size_t i = 0; i < connection->operations; i++) {
    uint32_t slot = random_below(random, SLOTS);
    connection->sum += block_delete(connection->blocks[slot], connection->sizes[slot]);
    connection->sizes[slot] = (uint16_t)(10 + random_below(random, 490));
    connection->blocks[slot] = block_new(connection->sizes[slot], i);
  }
  return NULL;
}

int main(int argc, char **argv) {
  Connection *connections = array_new(THREADS, sizeof *connections);
  for (size_t t = 0; t < THREADS; t++) {
    connections[t].random = random_seeded(t);
    connections[t].operations = scaled(argc, argv, 170000);
    for (size_t i = 0; i < SLOTS; i++) {
      connections[t].sizes[i] = 10 + i % 490;
      connections[t].blocks[i] = block_new(connections[t].sizes[i], i);
    }
  }
  for (int life = 0; life < LIVES; life++) threads_run(THREADS, serve, connections, sizeof *connections);
  uint64_t sum = 0;
  for (size_t t = 0; t < THREADS; t++) {
    sum += connections[t].sum;
    for (size_t i = 0; i < SLOTS; i++) sum += block_delete(connections[t].blocks[i], connections[t].sizes[i]);
  }
  free(connections);
  return report(sum);
}
