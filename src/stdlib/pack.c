/* `string.pack`, `packsize` and `unpack` (manual 6.4.2): values as the bytes of C data. */
#include "stdlib/string_library.h"
#include "vm/work.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

enum { LARGEST_INTEGER = 16, INTEGER_SIZE = sizeof(lua_Integer) };

/* What `!` without a number means: the strictest alignment of the types that options can name. */
typedef struct AlignmentProbe {
  char first;
  union {
    LUAI_MAXALIGN;
  } strictest;
} AlignmentProbe;

enum { NATIVE_ALIGNMENT = offsetof(AlignmentProbe, strictest) };

typedef enum PackKind {
  PACK_SIGNED,
  PACK_UNSIGNED,
  PACK_FLOAT,
  PACK_DOUBLE,
  PACK_BYTES,      /* `c`: a string of fixed size */
  PACK_COUNTED,    /* `s`: a string behind its length */
  PACK_TERMINATED, /* `z`: a string with a zero behind it */
  PACK_BLANK,      /* `x` */
  PACK_ALIGN,      /* `X` */
  PACK_NONE        /* changes how the next ones are read */
} PackKind;

/* A format being read. It is a C string: a zero in it is its end. */
typedef struct PackFormat {
  lua_State *L;
  const char *next;
  bool little;
  size_t largest_alignment;
} PackFormat;

/* One option, with what it takes: first `padding` bytes for alignment, then `size` bytes. */
typedef struct PackItem {
  PackKind kind;
  size_t size;
  size_t padding;
} PackItem;

/* ---- reading formats ---- */

static bool is_little_endian(void) {
  const uint16_t probe = 1;
  unsigned char first;
  memcpy(&first, &probe, 1);
  return first == 1;
}

static PackFormat begin_format(lua_State *L) {
  PackFormat format = {L, luaL_checkstring(L, 1), is_little_endian(), 1};
  return format;
}

/* Reads a number; stops before it could exceed the limit of sizes. Returns -1 if there is none. */
static int read_number(PackFormat *format) {
  if (!isdigit((unsigned char)*format->next)) return -1;
  int number = 0;
  do {
    number = number * 10 + (*format->next++ - '0');
  } while (isdigit((unsigned char)*format->next) && number <= ((int)RL_STRING_SIZE_LIMIT - 9) / 10);
  return number;
}

/* Reads the size of an integer, which without a number is `standard`. */
static size_t read_integer_size(PackFormat *format, size_t standard) {
  int number = read_number(format);
  if (number < 0) return standard;
  if (luai_unlikely(number == 0 || number > LARGEST_INTEGER))
    luaL_error(format->L, "integral size (%d) out of limits [1,%d]", number, LARGEST_INTEGER);
  return (size_t)number;
}

static PackItem make_item(PackKind kind, size_t size) {
  PackItem item = {kind, size, 0};
  return item;
}

static PackItem read_bytes_option(PackFormat *format) {
  int number = read_number(format);
  if (luai_unlikely(number < 0)) luaL_error(format->L, "missing size for format option 'c'");
  return make_item(PACK_BYTES, (size_t)number);
}

/* Reads an option that only changes the format's state, or is no option at all. */
static PackItem read_setting(PackFormat *format, char letter) {
  switch (letter) {
    case ' ': break;
    case '<': format->little = true; break;
    case '>': format->little = false; break;
    case '=': format->little = is_little_endian(); break;
    case '!': format->largest_alignment = read_integer_size(format, NATIVE_ALIGNMENT); break;
    default: luaL_error(format->L, "invalid format option '%c'", letter);
  }
  return make_item(PACK_NONE, 0);
}

static PackItem read_option(PackFormat *format) {
  char letter = *format->next++;
  switch (letter) {
    case 'b': return make_item(PACK_SIGNED, sizeof(char));
    case 'B': return make_item(PACK_UNSIGNED, sizeof(char));
    case 'h': return make_item(PACK_SIGNED, sizeof(short));
    case 'H': return make_item(PACK_UNSIGNED, sizeof(short));
    case 'i': return make_item(PACK_SIGNED, read_integer_size(format, sizeof(int)));
    case 'I': return make_item(PACK_UNSIGNED, read_integer_size(format, sizeof(int)));
    case 'l': return make_item(PACK_SIGNED, sizeof(long));
    case 'L': return make_item(PACK_UNSIGNED, sizeof(long));
    case 'j': return make_item(PACK_SIGNED, sizeof(lua_Integer));
    case 'J': return make_item(PACK_UNSIGNED, sizeof(lua_Unsigned));
    case 'T': return make_item(PACK_UNSIGNED, sizeof(size_t));
    case 'f': return make_item(PACK_FLOAT, sizeof(float));
    case 'd': return make_item(PACK_DOUBLE, sizeof(double));
    case 'n': return make_item(PACK_DOUBLE, sizeof(lua_Number));
    case 's': return make_item(PACK_COUNTED, read_integer_size(format, sizeof(size_t)));
    case 'c': return read_bytes_option(format);
    case 'z': return make_item(PACK_TERMINATED, 0);
    case 'x': return make_item(PACK_BLANK, 1);
    case 'X': return make_item(PACK_ALIGN, 0);
    default: return read_setting(format, letter);
  }
}

/* Reads the next option; `offset` is where in the data it stands. Integers, floats and lengths are aligned to their
 * size; `X` aligns to the option that it swallows. */
static PackItem read_item(PackFormat *format, size_t offset) {
  PackItem item = read_option(format);
  size_t alignment = item.size;
  if (item.kind == PACK_ALIGN) {
    PackItem model = make_item(PACK_NONE, 0);
    if (*format->next != '\0') model = read_option(format);
    if (luai_unlikely(model.kind == PACK_BYTES || model.size == 0))
      luaL_argerror(format->L, 1, "invalid next option for option 'X'");
    alignment = model.size;
  }
  if (alignment <= 1 || item.kind == PACK_BYTES) return item;
  if (alignment > format->largest_alignment) alignment = format->largest_alignment;
  if (luai_unlikely((alignment & (alignment - 1)) != 0))
    luaL_argerror(format->L, 1, "format asks for alignment not power of 2");
  item.padding = (alignment - (offset & (alignment - 1))) & (alignment - 1);
  return item;
}

/* ---- packing ---- */

static void add_zeros(luaL_Buffer *buffer, size_t count) {
  if (count == 0) return;
  memset(luaL_prepbuffsize(buffer, count), 0, count);
  luaL_addsize(buffer, count);
}

/* Adds the `size` bytes (at most LARGEST_INTEGER) at `bytes`, which are in little-endian order. */
static void add_ordered(luaL_Buffer *buffer, bool little, const unsigned char *bytes, size_t size) {
  char *room = luaL_prepbuffsize(buffer, size);
  for (size_t i = 0; i < size; i++) room[little ? i : size - 1 - i] = (char)bytes[i];
  luaL_addsize(buffer, size);
}

/* Where bytes are in little-endian order, integers of up to eight are moved as one word. */
static void add_word(luaL_Buffer *buffer, bool little, lua_Unsigned value, size_t size) {
  uint64_t word = little ? value : __builtin_bswap64(value) >> (64 - size * 8);
  memcpy(luaL_prepbuffsize(buffer, sizeof word), &word, sizeof word);
  luaL_addsize(buffer, size);
}

static void add_integer(luaL_Buffer *buffer, bool little, lua_Unsigned value, size_t size, bool negative) {
  unsigned char bytes[LARGEST_INTEGER];
  if (is_little_endian() && size <= sizeof(uint64_t)) {
    add_word(buffer, little, value, size);
    return;
  }
  for (size_t i = 0; i < size; i++) {
    bytes[i] = i < INTEGER_SIZE ? (unsigned char)(value >> i * 8) : negative ? 0xFF : 0;
  }
  add_ordered(buffer, little, bytes, size);
}

static void pack_signed(const PackFormat *format, luaL_Buffer *buffer, size_t size, int argument) {
  lua_Integer value = luaL_checkinteger(format->L, argument);
  if (size < INTEGER_SIZE) {
    lua_Integer limit = (lua_Integer)1 << (size * 8 - 1);
    luaL_argcheck(format->L, -limit <= value && value < limit, argument, "integer overflow");
  }
  add_integer(buffer, format->little, (lua_Unsigned)value, size, value < 0);
}

static void pack_unsigned(const PackFormat *format, luaL_Buffer *buffer, size_t size, int argument) {
  lua_Unsigned value = (lua_Unsigned)luaL_checkinteger(format->L, argument);
  luaL_argcheck(format->L, size >= INTEGER_SIZE || value >> size * 8 == 0, argument, "unsigned overflow");
  add_integer(buffer, format->little, value, size, false);
}

/* Floats have the byte order of integers on all machines of today. */
static void pack_float(const PackFormat *format, luaL_Buffer *buffer, size_t size, int argument) {
  lua_Number number = luaL_checknumber(format->L, argument);
  if (size == sizeof(float)) {
    float narrow = (float)number;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof(bits));
    add_integer(buffer, format->little, bits, size, false);
  } else {
    lua_Unsigned bits;
    memcpy(&bits, &number, sizeof(bits));
    add_integer(buffer, format->little, bits, size, false);
  }
}

static void pack_bytes(const PackFormat *format, luaL_Buffer *buffer, size_t size, int argument) {
  size_t length;
  const char *text = luaL_checklstring(format->L, argument, &length);
  luaL_argcheck(format->L, length <= size, argument, "string longer than given size");
  luaL_addlstring(buffer, text, length);
  add_zeros(buffer, size - length);
}

/* Returns the number of bytes behind the length. */
static size_t pack_counted(const PackFormat *format, luaL_Buffer *buffer, size_t size, int argument) {
  size_t length;
  const char *text = luaL_checklstring(format->L, argument, &length);
  luaL_argcheck(format->L, size >= sizeof(size_t) || length >> size * 8 == 0, argument,
                "string length does not fit in given size");
  add_integer(buffer, format->little, length, size, false);
  luaL_addlstring(buffer, text, length);
  return length;
}

/* Returns the number of bytes with the zero. */
static size_t pack_terminated(const PackFormat *format, luaL_Buffer *buffer, int argument) {
  size_t length;
  const char *text = luaL_checklstring(format->L, argument, &length);
  luaL_argcheck(format->L, memchr(text, '\0', length) == NULL, argument, "string contains zeros");
  luaL_addlstring(buffer, text, length + 1);
  return length + 1;
}

static bool takes_value(PackKind kind) {
  return kind < PACK_BLANK;
}

/* Adds the bytes of an item behind its padding and returns their number. */
static size_t pack_item(const PackFormat *format, luaL_Buffer *buffer, PackItem item, int argument) {
  switch (item.kind) {
    case PACK_SIGNED: pack_signed(format, buffer, item.size, argument); break;
    case PACK_UNSIGNED: pack_unsigned(format, buffer, item.size, argument); break;
    case PACK_FLOAT:
    case PACK_DOUBLE: pack_float(format, buffer, item.size, argument); break;
    case PACK_BYTES: pack_bytes(format, buffer, item.size, argument); break;
    case PACK_COUNTED: return item.size + pack_counted(format, buffer, item.size, argument);
    case PACK_TERMINATED: return pack_terminated(format, buffer, argument);
    case PACK_BLANK:
    case PACK_ALIGN:
    case PACK_NONE: add_zeros(buffer, item.size); break;
  }
  return item.size;
}

int rl_string_pack(lua_State *L) {
  luaL_Buffer buffer;
  PackFormat format = begin_format(L);
  size_t total = 0;
  int argument = 1;
  lua_pushnil(L); /* an argument too few is then nil, not a slot of the buffer */
  luaL_buffinit(L, &buffer);
  while (*format.next != '\0') {
    rl_work(L, 8);
    PackItem item = read_item(&format, total);
    add_zeros(&buffer, item.padding);
    if (takes_value(item.kind)) argument++;
    total += item.padding + pack_item(&format, &buffer, item, argument);
  }
  luaL_pushresult(&buffer);
  return 1;
}

int rl_string_packsize(lua_State *L) {
  PackFormat format = begin_format(L);
  size_t total = 0;
  rl_work_on_bytes(L, strlen(format.next) * 8);
  while (*format.next != '\0') {
    PackItem item = read_item(&format, total);
    size_t size = item.padding + item.size;
    luaL_argcheck(L, item.kind != PACK_COUNTED && item.kind != PACK_TERMINATED, 1, "variable-length format");
    luaL_argcheck(L, size <= RL_STRING_SIZE_LIMIT && total <= RL_STRING_SIZE_LIMIT - size, 1,
                  "format result too large");
    total += size;
  }
  lua_pushinteger(L, (lua_Integer)total);
  return 1;
}

/* ---- unpacking ---- */

/* Reads an integer of `size` bytes. Bytes beyond a Lua integer must only repeat the sign. */
static lua_Integer read_integer(const PackFormat *format, const char *data, size_t size, bool is_signed) {
  lua_Unsigned value = 0;
  size_t used = size < INTEGER_SIZE ? size : INTEGER_SIZE;
  if (format->little && is_little_endian())
    bytes_copy((char *)&value, data, used);
  else
    for (size_t i = used; i-- > 0;) value = value << 8 | (unsigned char)data[format->little ? i : size - 1 - i];
  if (size < INTEGER_SIZE) {
    lua_Unsigned sign = (lua_Unsigned)1 << (size * 8 - 1);
    return (lua_Integer)(is_signed ? (value ^ sign) - sign : value);
  }
  unsigned char filler = is_signed && (lua_Integer)value < 0 ? 0xFF : 0;
  for (size_t i = used; i < size; i++) {
    if (luai_unlikely((unsigned char)data[format->little ? i : size - 1 - i] != filler))
      luaL_error(format->L, "%d-byte integer does not fit into Lua Integer", (int)size);
  }
  return (lua_Integer)value;
}

static lua_Number read_float(const PackFormat *format, const char *data, size_t size) {
  lua_Unsigned bits = (lua_Unsigned)read_integer(format, data, size, false);
  if (size == sizeof(float)) {
    uint32_t narrow_bits = (uint32_t)bits;
    float narrow;
    memcpy(&narrow, &narrow_bits, sizeof(narrow));
    return narrow;
  }
  lua_Number number;
  memcpy(&number, &bits, sizeof(number));
  return number;
}

/* Pushes the string behind its length; `left` is what the data has from the length on. Returns the bytes of both. */
static size_t unpack_counted(const PackFormat *format, const char *data, size_t size, size_t left) {
  size_t length = (size_t)read_integer(format, data, size, false);
  luaL_argcheck(format->L, length <= left - size, 2, "data string too short");
  lua_pushlstring(format->L, data + size, length);
  return size + length;
}

static size_t unpack_terminated(const PackFormat *format, const char *data, size_t left) {
  const char *zero = memchr(data, '\0', left);
  luaL_argcheck(format->L, zero != NULL, 2, "unfinished string for format 'z'");
  lua_pushlstring(format->L, data, (size_t)(zero - data));
  return (size_t)(zero - data) + 1;
}

/* Pushes the value of an item, if it has one, from `data`, of which there are `left` bytes, enough for the item's size.
 * Returns how many it took. */
static size_t unpack_item(const PackFormat *format, PackItem item, const char *data, size_t left) {
  lua_State *L = format->L;
  switch (item.kind) {
    case PACK_SIGNED: lua_pushinteger(L, read_integer(format, data, item.size, true)); break;
    case PACK_UNSIGNED: lua_pushinteger(L, read_integer(format, data, item.size, false)); break;
    case PACK_FLOAT:
    case PACK_DOUBLE: lua_pushnumber(L, read_float(format, data, item.size)); break;
    case PACK_BYTES: lua_pushlstring(L, data, item.size); break;
    case PACK_COUNTED: return unpack_counted(format, data, item.size, left);
    case PACK_TERMINATED: return unpack_terminated(format, data, left);
    case PACK_BLANK:
    case PACK_ALIGN:
    case PACK_NONE: break;
  }
  return item.size;
}

int rl_string_unpack(lua_State *L) {
  size_t length;
  PackFormat format = begin_format(L);
  const char *data = luaL_checklstring(L, 2, &length);
  size_t position = rl_string_first(luaL_optinteger(L, 3, 1), length) - 1;
  int count = 0;
  luaL_argcheck(L, position <= length, 3, "initial position out of string");
  while (*format.next != '\0') {
    rl_work(L, 8);
    PackItem item = read_item(&format, position);
    luaL_argcheck(L, item.padding + item.size <= length - position, 2, "data string too short");
    position += item.padding;
    luaL_checkstack(L, 2, "too many results");
    position += unpack_item(&format, item, data + position, length - position);
    if (takes_value(item.kind)) count++;
  }
  lua_pushinteger(L, (lua_Integer)position + 1);
  return count + 1;
}
