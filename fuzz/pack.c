/* string.pack, unpack, packsize. The input: the format up to the first newline, a byte with the position to unpack
 * from, the length of the data in a byte, the data, and values (values.h). What unpacks can be packed and unpacked to
 * the same; what packs unpacks to values that pack to the same bytes; packsize tells the length. */
#include "values.h"

enum { MAX_VALUES = 12 };

static const char script[] =
  "local function same(x, y)\n"
  "  if x.n ~= y.n then return false end\n"
  "  for i = 1, x.n do\n"
  "    local a, b = x[i], y[i]\n"
  "    if math.type(a) ~= math.type(b) or a ~= b and (a == a or b == b) then return false end\n"
  "  end\n"
  "  return true\n"
  "end\n"
  "local function again(format, values, what)\n"
  "  local good, bytes = pcall(string.pack, format, table.unpack(values, 1, values.n - 1))\n"
  "  if not good then error(what .. ': values do not pack: ' .. bytes) end\n"
  "  local sized, size = pcall(string.packsize, format)\n"
  "  if sized and size ~= #bytes then error(what .. ': packsize') end\n"
  "  local read = table.pack(string.unpack(format, bytes))\n"
  "  if read[read.n] ~= #bytes + 1 then error(what .. ': end of the data') end\n"
  "  read[read.n] = values[values.n]\n"
  "  if not same(read, values) then error(what .. ': other values') end\n"
  "  return bytes\n"
  "end\n"
  "return function(format, position, data, ...)\n"
  "  pcall(string.packsize, format)\n"
  "  local read = table.pack(pcall(string.unpack, format, data))\n"
  "  pcall(string.unpack, format, data, position)\n"
  "  if read[1] then again(format, table.pack(table.unpack(read, 2, read.n)), 'unpacked') end\n"
  "  local good, bytes = pcall(string.pack, format, ...)\n"
  "  if not good then return end\n"
  "  local values = table.pack(string.unpack(format, bytes))\n"
  "  if values[values.n] ~= #bytes + 1 then return 'packed: end of the data' end\n"
  "  if again(format, values, 'packed') ~= bytes then return 'packed: other bytes' end\n"
  "end\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Sandbox sandbox;
  static int check;
  static long inputs;
  Source source = {data, size};
  sandbox_renew(&sandbox, script, &check, &inputs);
  source_push_until(sandbox.L, &source, '\n');
  lua_pushinteger(sandbox.L, (int8_t)source_byte(&source));
  source_push_string(sandbox.L, &source);
  while (source.size > 0 && lua_gettop(sandbox.L) < MAX_VALUES) source_push(sandbox.L, &source);
  sandbox_check(&sandbox, check, lua_gettop(sandbox.L));
  return 0;
}
