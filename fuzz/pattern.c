/* Patterns. The input: the pattern up to the first newline, the replacement up to the second, the subject. find, match,
 * gmatch and gsub must agree with each other, and a plain search with a search byte by byte. */
#include "sandbox.h"

static const char script[] =
  "local function plain(s, p)\n"
  "  for i = 1, #s - #p + 1 do if s:sub(i, i + #p - 1) == p then return i, i + #p - 1 end end\n"
  "end\n"
  "local function same(x, y)\n"
  "  if x.n ~= y.n then return false end\n"
  "  for i = 1, x.n do if x[i] ~= y[i] then return false end end\n"
  "  return true\n"
  "end\n"
  "local function is_special(p)\n"
  "  for _, c in utf8.codes('^$*+?.([%-') do if p:find(string.char(c), 1, true) then return true end end\n"
  "end\n"
  "return function(p, r, s)\n"
  "  local good, i, j = pcall(string.find, s, p, 1, true)\n"
  "  if not good then return end -- refused by the sandbox\n"
  "  if #s <= 100 then local i2, j2 = plain(s, p); if i ~= i2 or j ~= j2 then return 'plain find' end end\n"
  "  local found = table.pack(pcall(string.find, s, p))\n"
  "  local matched = table.pack(pcall(string.match, s, p))\n"
  "  if found[1] ~= matched[1] then\n"
  "    -- find looks plainly for what has no special character, though a match of ')' raises\n"
  "    if matched[1] or is_special(p) then return 'find or match raises' end\n"
  "    return\n"
  "  end\n"
  "  pcall(string.gsub, s, p, r)\n"
  "  pcall(string.gsub, s, p, r, 2)\n"
  "  if not found[1] then\n"
  "    if type(found[2]) ~= 'string' then return 'error message' end\n"
  "    local made, iterator = pcall(string.gmatch, s, p)\n"
  "    if made then pcall(iterator) end\n"
  "    return\n"
  "  end\n"
  "  if found[2] == nil then\n"
  "    if matched[2] ~= nil or matched.n ~= 2 then return 'match finds what find does not' end\n"
  "  else\n"
  "    local i, j = found[2], found[3]\n"
  "    local captures = table.pack(true, table.unpack(found, 4, found.n))\n"
  "    if found.n == 3 then captures = table.pack(true, s:sub(i, j)) end\n"
  "    if not same(captures, matched) then return 'captures of find and match' end\n"
  "  end\n"
  "  local whole = table.pack(pcall(string.gsub, s, p, '%0'))\n"
  "  if whole[1] and whole[2] ~= s then return 'gsub by %0' end\n"
  "  local calls, first = 0\n"
  "  local kept, by_function, count = pcall(string.gsub, s, p, function(...)\n"
  "    calls = calls + 1\n"
  "    first = first or table.pack(true, ...)\n"
  "  end)\n"
  "  if kept ~= whole[1] then return 'gsub raises for one replacement' end\n"
  "  if kept then\n"
  "    if by_function ~= s or count ~= calls or count ~= whole[3] then return 'gsub by a function' end\n"
  "    if (first ~= nil) ~= (found[2] ~= nil) then return 'gsub and find' end\n"
  "    if first and not same(first, matched) then return 'captures of gsub' end\n"
  "    local by_table, n = s:gsub(p, {a = false, b = 'B', [1] = 'one'})\n"
  "    if n ~= count then return 'gsub by a table' end\n"
  "  end\n"
  "  if kept and p:sub(1, 1) ~= '^' then\n"
  "    local n = 0\n"
  "    for capture in s:gmatch(p) do\n"
  "      n = n + 1\n"
  "      if n == 1 and capture ~= matched[2] then return 'gmatch and match' end\n"
  "    end\n"
  "    if n ~= count then return 'gmatch and gsub count' end\n"
  "  end\n"
  "end\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Sandbox sandbox;
  static int check;
  static long inputs;
  sandbox_renew(&sandbox, script, &check, &inputs);
  for (int part = 0; part < 3; part++) {
    const uint8_t *end = part < 2 ? memchr(data, '\n', size) : NULL;
    size_t length = end != NULL ? (size_t)(end - data) : size;
    lua_pushlstring(sandbox.L, (const char *)data, length);
    size_t used = end != NULL ? length + 1 : length;
    data += used;
    size -= used;
  }
  sandbox_check(&sandbox, check, 3);
  return 0;
}
