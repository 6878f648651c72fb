/* The end of a program whose memory is damaged. */
#ifndef RLM_FAULT_H
#define RLM_FAULT_H

#include <stddef.h>
#include <stdint.h>

/* Writes "rille malloc: <what>: <address>" as one line on standard error and aborts. Allocates nothing. */
_Noreturn __attribute__((cold)) void rlm_fault(const char *what, const void *address);

/* Pieces of text in a buffer of fixed size; what does not fit is cut off. */
typedef struct TextLine {
  size_t length;
  char bytes[500];
} TextLine;

void rlm_text_add(TextLine *line, const char *text);
void rlm_text_add_number(TextLine *line, uint64_t number);
void rlm_text_add_address(TextLine *line, const void *address);

#endif
