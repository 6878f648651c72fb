#include "core/fault.h"

#include <stdlib.h>

#include "core/system.h"

void rlm_text_add(TextLine *line, const char *text) {
  while (*text != '\0' && line->length < sizeof line->bytes) line->bytes[line->length++] = *text++;
}

static void add_in_base(TextLine *line, uint64_t number, unsigned base) {
  char digits[32];
  size_t at = sizeof digits;
  digits[--at] = '\0';
  do {
    digits[--at] = "0123456789abcdef"[number % base];
    number /= base;
  } while (number != 0);
  rlm_text_add(line, digits + at);
}

void rlm_text_add_number(TextLine *line, uint64_t number) {
  add_in_base(line, number, 10);
}

void rlm_text_add_address(TextLine *line, const void *address) {
  rlm_text_add(line, "0x");
  add_in_base(line, (uint64_t)(uintptr_t)address, 16);
}

void rlm_fault(const char *what, const void *address) {
  TextLine line = {.length = 0};
  rlm_text_add(&line, "rille malloc: ");
  rlm_text_add(&line, what);
  rlm_text_add(&line, ": ");
  rlm_text_add_address(&line, address);
  rlm_text_add(&line, "\n");
  rlm_system_write(2, line.bytes, line.length);
  abort();
}
