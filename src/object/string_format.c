/* lua_pushfstring's formats. The text is produced into a buffer on the C stack; only when it does not fit is it
 * produced a second time, straight into a string of the right length. So each call makes exactly one string. */
#include <stdio.h>

#include "base/config.h"
#include "base/number_format.h"
#include "base/utf8.h"
#include "object/strings.h"
#include "raise/raise.h"

#define LOCAL_BYTES   400
#define POINTER_BYTES 32
#define NUMBER_BYTES  64

/* Where the text goes: what does not fit is counted only. */
typedef struct Sink {
  char *bytes;
  size_t room;
  size_t length;
} Sink;

static void write_bytes(Sink *sink, const char *bytes, size_t length) {
  if (sink->length < sink->room) {
    size_t left = sink->room - sink->length;
    memcpy(sink->bytes + sink->length, bytes, length < left ? length : left);
  }
  sink->length += length;
}

static void write_text(Sink *sink, const char *text) {
  if (text == NULL) text = "(null)";
  write_bytes(sink, text, strlen(text));
}

static void write_character(Sink *sink, int character) {
  char byte = (char)(unsigned char)character;
  write_bytes(sink, &byte, 1);
}

static void write_integer(Sink *sink, lua_Integer integer) {
  char buffer[NUMBER_BYTES];
  write_bytes(sink, buffer, rl_integer_format(buffer, integer));
}

static void write_float(Sink *sink, lua_Number number) {
  char buffer[NUMBER_BYTES];
  write_bytes(sink, buffer, rl_float_format(buffer, number));
}

/* As the C library writes it; it may have its own words for NULL. */
static void write_pointer(Sink *sink, const void *pointer) {
  char buffer[POINTER_BYTES];
  if (pointer == NULL) {
    write_bytes(sink, buffer, (size_t)snprintf(buffer, sizeof buffer, "%p", pointer));
    return;
  }
  char *end = buffer + sizeof buffer, *at = end;
  for (uintptr_t rest = (uintptr_t)pointer; rest != 0; rest >>= 4) *--at = "0123456789abcdef"[rest & 15];
  *--at = 'x';
  *--at = '0';
  write_bytes(sink, at, (size_t)(end - at));
}

static void write_code_point(Sink *sink, uint32_t code_point) {
  char buffer[RL_UTF8_MAX_BYTES];
  write_bytes(sink, buffer, rl_utf8_encode(buffer, code_point));
}

/* Writes the whole text; returns 0, or 1 + the character of an unknown conversion. The arguments are passed in a
 * structure because a va_list may be an array type, which could not be advanced through a parameter otherwise. */
typedef struct Arguments {
  va_list list;
} Arguments;

static int write_conversion(Sink *sink, char conversion, Arguments *arguments) {
  switch (conversion) {
    case 's': write_text(sink, va_arg(arguments->list, const char *)); return 0;
    case 'c': write_character(sink, va_arg(arguments->list, int)); return 0;
    case 'd': write_integer(sink, va_arg(arguments->list, int)); return 0;
    case 'I': write_integer(sink, va_arg(arguments->list, lua_Integer)); return 0;
    case 'f': write_float(sink, va_arg(arguments->list, lua_Number)); return 0;
    case 'p': write_pointer(sink, va_arg(arguments->list, void *)); return 0;
    case 'U': write_code_point(sink, (uint32_t)va_arg(arguments->list, unsigned long)); return 0;
    case '%': write_character(sink, '%'); return 0;
    default: return 1 + (unsigned char)conversion;
  }
}

static int write_format(Sink *sink, const char *format, Arguments *arguments) {
  for (;;) {
    const char *mark = strchr(format, '%');
    if (mark == NULL) break;
    write_bytes(sink, format, (size_t)(mark - format));
    int unknown = write_conversion(sink, mark[1], arguments);
    if (unknown != 0) return unknown;
    format = mark + 2;
  }
  write_bytes(sink, format, strlen(format));
  return 0;
}

static String *make_string(State *L, const Sink *first, const char *format, Arguments *arguments) {
  if (first->length <= first->room) return rl_string_new(L, first->bytes, first->length);
  String *string = rl_string_new_long(L, first->length);
  Sink second = {.bytes = string->bytes, .room = first->length};
  write_format(&second, format, arguments);
  return string;
}

const char *rl_push_formatted_va(State *L, const char *format, va_list arguments) {
  char local[LOCAL_BYTES];
  Sink sink = {.bytes = local, .room = sizeof local};
  Arguments measured, again;
  va_copy(measured.list, arguments);
  va_copy(again.list, arguments);
  int unknown = write_format(&sink, format, &measured);
  va_end(measured.list);
  if (unknown != 0) rl_raise(L, ERROR_INVALID_FORMAT, unknown - 1);
  String *string = make_string(L, &sink, format, &again);
  va_end(again.list);
  value_set_object(L->top, string);
  L->top++;
  return string_bytes(string);
}

const char *rl_push_formatted(State *L, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const char *bytes = rl_push_formatted_va(L, format, arguments);
  va_end(arguments);
  return bytes;
}
