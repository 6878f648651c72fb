/* Binary trees, made and dropped, beside one that stays. */
#include "support.h"

typedef struct Tree {
  struct Tree *left, *right;
} Tree;

static Tree *grow(int depth) {
  Tree *tree = malloc(sizeof *tree);
  if (tree == NULL) out_of_memory();
  tree->left = depth == 0 ? NULL : grow(depth - 1);
  tree->right = depth == 0 ? NULL : grow(depth - 1);
  return tree;
}

static uint64_t fell(Tree *tree) {
  if (tree == NULL) return 0;
  uint64_t nodes = 1 + fell(tree->left) + fell(tree->right);
  free(tree);
  return nodes;
}

int main(int argc, char **argv) {
  size_t leaves = scaled(argc, argv, 1 << 20);
  Tree *lasting = grow(16);
  uint64_t sum = 0;
  for (int depth = 4; depth <= 16; depth += 2) {
    size_t count = leaves >> depth;
    for (size_t i = 0; i < count; i++) sum += fell(grow(depth)) * (size_t)depth;
  }
  return report(sum + fell(lasting));
}
