/* As a compiler allocates: per function a burst of tree nodes of a dozen small sizes, lists of operands that grow by realloc,
 * a few strings that stay until the end, several passes that replace some of the nodes, and then the function is dropped. */
#include "support.h"

enum { NODES = 6000, PASSES = 4, NAMES = 40 };

typedef struct Node {
  uint32_t size;
  uint32_t capacity;
  uint32_t *operands;
  uint64_t last; /* the node has more bytes behind, as its size says */
} Node;

static Node *node_new(Random *random, uint64_t value) {
  static const uint16_t sizes[] = {32, 32, 40, 40, 48, 48, 56, 64, 72, 96, 128, 200};
  uint32_t size = sizes[random_below(random, sizeof sizes / sizeof sizes[0])];
  Node *node = block_new(size, value);
  node->size = size;
  node->capacity = 0;
  node->operands = NULL;
  return node;
}

static void node_delete(Node *node, uint64_t *sum) {
  *sum += block_check(node, node->size) ^ node->capacity;
  free(node->operands);
  free(node);
}

static void node_add_operand(Node *node, uint32_t operand) {
  uint32_t capacity = node->capacity == 0 ? 4 : node->capacity * 2;
  node->operands = realloc(node->operands, capacity * sizeof *node->operands);
  if (node->operands == NULL) out_of_memory();
  for (uint32_t i = node->capacity; i < capacity; i++) node->operands[i] = operand;
  node->capacity = capacity;
}

static uint64_t compile_function(Random *random, Node **nodes, char **names) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < NODES; i++) {
    nodes[i] = node_new(random, i);
    if (i % 3 == 0) node_add_operand(nodes[i], i);
  }
  for (int pass = 0; pass < PASSES; pass++) {
    for (uint32_t i = 0; i < NODES; i++) {
      uint32_t choice = random_below(random, 16);
      if (choice < 3) {
        node_delete(nodes[i], &sum);
        nodes[i] = node_new(random, i + pass);
      } else if (choice == 3) {
        node_add_operand(nodes[i], i);
      }
    }
    void *scratch = block_new(20000 + random_below(random, 40000), pass); /* a pass's bit sets */
    free(scratch);
  }
  for (uint32_t i = 0; i < NAMES; i++) {
    size_t length = 8 + random_below(random, 40);
    names[i] = block_new(length, i);
  }
  for (uint32_t i = NODES; i-- > 0;) node_delete(nodes[i], &sum);
  return sum;
}

int main(int argc, char **argv) {
  size_t functions = scaled(argc, argv, 400);
  Random random = random_seeded(4);
  Node **nodes = array_new(NODES, sizeof *nodes);
  char **names = array_new(functions * NAMES, sizeof *names);
  uint64_t sum = 0;
  for (size_t i = 0; i < functions; i++) sum += compile_function(&random, nodes, names + i * NAMES);
  for (size_t i = 0; i < functions * NAMES; i++) free(names[i]);
  free(names);
  free(nodes);
  return report(sum);
}
