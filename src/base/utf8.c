#include "base/utf8.h"

size_t rl_utf8_encode(char buffer[RL_UTF8_MAX_BYTES], uint32_t codepoint) {
  if (codepoint < 0x80) {
    buffer[0] = (char)codepoint;
    return 1;
  }
  size_t length = 2;
  while (length < 6 && codepoint >> (5 * length + 1) != 0) length++;
  for (size_t i = length - 1; i > 0; i--) {
    buffer[i] = (char)(0x80 | (codepoint & 0x3f));
    codepoint >>= 6;
  }
  buffer[0] = (char)((0xff00 >> length) | codepoint);
  return length;
}
