/* string.format. The input: the format up to the first newline, then arguments (values.h). A format that is a single
 * numeric conversion is compared with snprintf; what %q writes must read back as the same value. */
#include "values.h"

enum { MAX_ARGUMENTS = 12, MAX_SPEC = 16 };

static const char script[] =
  "local function same(x, y)\n"
  "  return math.type(x) == math.type(y) and (x == y and (x ~= 0 or 1 / x == 1 / y) or x ~= x and y ~= y)\n"
  "end\n"
  "return function(format, ...)\n"
  "  local good, text = pcall(string.format, format, ...)\n"
  "  if type(text) ~= 'string' then return 'result is no string' end\n"
  "  for i = 1, select('#', ...) do\n"
  "    local value = select(i, ...)\n"
  "    local kind = type(value)\n"
  "    if kind == 'number' or kind == 'string' or kind == 'boolean' or kind == 'nil' then\n"
  "      local quoted = string.format('%q', value)\n"
  "      local read = assert(load('return ' .. quoted))()\n"
  "      if kind == 'number' and not same(read, value) or kind ~= 'number' and read ~= value then\n"
  "        return 'quoted: ' .. quoted\n"
  "      end\n"
  "    end\n"
  "  end\n"
  "end\n";

/* The conversion's letter when `format` is nothing but one conversion that C knows too, else 0. Its flags, width and
 * precision are at most what Lua allows: two digits each. */
static char lone_conversion(const char *format, size_t length) {
  size_t i = 1;
  if (length < 2 || length >= MAX_SPEC || format[0] != '%') return 0;
  while (format[i] != 0 && strchr("-+ #0", format[i]) != NULL) i++;
  i += strspn(format + i, "0123456789");
  if (format[i] == '.') i += 1 + strspn(format + i + 1, "0123456789");
  return i + 1 == length && format[i] != 0 && strchr("dixXocaAeEfgG", format[i]) != NULL ? format[i] : 0;
}

static int expect_number(lua_State *L, const char *spec, char letter, char *text, size_t room) {
  char with_size[MAX_SPEC + 4];
  size_t head = strlen(spec) - 1;
  if (strchr("dixXo", letter) != NULL) {
    if (!lua_isinteger(L, 2)) return -1;
    snprintf(with_size, sizeof with_size, "%.*sll%c", (int)head, spec, letter);
    return snprintf(text, room, with_size, (long long)lua_tointeger(L, 2));
  }
  if (letter == 'c') return lua_isinteger(L, 2) ? snprintf(text, room, spec, (int)lua_tointeger(L, 2)) : -1;
  return lua_type(L, 2) == LUA_TNUMBER ? snprintf(text, room, spec, lua_tonumber(L, 2)) : -1;
}

/* Format and first argument are in slots 1 and 2. Whether Lua takes the flags is its own matter: only what it accepts
 * is compared. */
static void compare_with_c(lua_State *L) {
  size_t length;
  char text[1000];
  const char *spec = lua_tolstring(L, 1, &length);
  char letter = lone_conversion(spec, length);
  int expected = letter != 0 ? expect_number(L, spec, letter, text, sizeof text) : -1;
  if (expected < 0) return;
  lua_getglobal(L, "string");
  lua_getfield(L, -1, "format");
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  if (lua_pcall(L, 2, 1, 0) == LUA_OK) {
    const char *result = lua_tolstring(L, -1, &length);
    if (length != (size_t)expected || memcmp(result, text, length) != 0) sandbox_blame(spec, result);
  }
  lua_pop(L, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Sandbox sandbox;
  static int check;
  static long inputs;
  Source source = {data, size};
  sandbox_renew(&sandbox, script, &check, &inputs);
  source_push_until(sandbox.L, &source, '\n');
  while (source.size > 0 && lua_gettop(sandbox.L) <= MAX_ARGUMENTS) source_push(sandbox.L, &source);
  sandbox_refill(&sandbox);
  if (lua_gettop(sandbox.L) >= 2) compare_with_c(sandbox.L);
  sandbox_check(&sandbox, check, lua_gettop(sandbox.L));
  return 0;
}
