-- Random bytes through utf8 and the escapes of string literals.   utf8.lua [SEED [COUNT]]
local Random = dofile("random.lua")
local random = Random.new(tonumber(arg[1]) or 85)
local COUNT <const> = tonumber(arg[2]) or 4000

local PIECES <const> = {
  "a", "z", "\0", "\127", "é", "€", "😀", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}", "\u{110000}", "\u{1FFFFF}", "\u{200000}", "\u{3FFFFFF}", "\u{4000000}", "\u{7FFFFFFF}",
  "\u{D800}", "\u{DFFF}", "\u{D7FF}", "\u{E000}", "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xFF", "\xFE", "\xFC\x80", "\xF8",
}

local function show(...)
  local list = table.pack(...)
  for i = 1, list.n do list[i] = type(list[i]) == "string" and ("%q"):format(list[i]) or tostring(list[i]) end
  return table.concat(list, " ")
end

for number = 1, COUNT do
  local parts = {}
  for i = 1, random:range(0, 6) do parts[i] = random:pick(PIECES) end
  local text = table.concat(parts)
  local i, j, lax = random:range(-8, 10), random:range(-8, 12), random:chance(40)
  print(number, ("%q"):format(text), i, j, lax)
  print(show(pcall(utf8.len, text, i, j, lax)), show(pcall(utf8.len, text, nil, nil, lax)))
  print(show(pcall(utf8.codepoint, text, i, j, lax)))
  print(show(pcall(utf8.offset, text, random:range(-5, 6), i)), show(pcall(utf8.offset, text, random:range(-5, 6))))
  local list = {}
  -- (5.4.4 does not see spurious continuation bytes behind a character)
  if not text:find("[\xC0-\xFF]*[\x80-\xBF]") or utf8.len(text, 1, -1, lax) then
    local ok, message = pcall(function() for p, c in utf8.codes(text, lax) do list[#list + 1] = p .. ":" .. c end end)
    print(ok, message, table.concat(list, " "))
  end
  local code = random:bits() >> random:range(30, 63)
  print(show(pcall(utf8.char, code, random:range(0, 300))))
  local chunk, message = load(("return '\\u{%x}\\%d\\x%02x'"):format(code, random:range(0, 300), random:range(0, 255)), "=literal")
  print(chunk and show(chunk()) or message)
end
print("ok")
