#include "object/input.h"

#include <string.h>

int rl_input_refill(Input *input) {
  size_t size = 0;
  const char *piece = input->reader(input->L, input->data, &size);
  if (piece == NULL || size == 0) return INPUT_END;
  input->next = piece + 1;
  input->left = size - 1;
  return (unsigned char)piece[0];
}

size_t rl_input_read(Input *input, void *to, size_t size) {
  char *place = to;
  while (size > 0) {
    if (input->left == 0) {
      int byte = rl_input_refill(input);
      if (byte == INPUT_END) return size;
      input->next--;
      input->left++;
    }
    size_t part = size < input->left ? size : input->left;
    memcpy(place, input->next, part);
    input->next += part;
    input->left -= part;
    place += part;
    size -= part;
  }
  return 0;
}
