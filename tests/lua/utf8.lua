-- The utf8 library (manual 6.5).
local check = dofile("support/check.lua")
local equal, fails, list, stock = check.same, check.fails, check.list, check.stock
local char, codes, codepoint, len, offset = utf8.char, utf8.codes, utf8.codepoint, utf8.len, utf8.offset
local MIN, MAX = math.mininteger, math.maxinteger

do -- char
  equal(char(), "")
  equal(char(0, 97, 98, 99, 1), "\0abc\1")
  equal(char(0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF),
    "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF")
  equal(char(0x110000, 0x1FFFFF, 0x200000, 0x3FFFFFF, 0x4000000, 0x7FFFFFFF),
    "\xF4\x90\x80\x80\xF7\xBF\xBF\xBF\xF8\x88\x80\x80\x80\xFB\xBF\xBF\xBF\xBF\xFC\x84\x80\x80\x80\x80\xFD\xBF\xBF\xBF\xBF\xBF")
  equal(char(0xD800), "\u{D800}")
  equal(char("97", 98.0), "ab")
  equal(#char(table.unpack({}, 1, 0)), 0)
  local many = {}
  for i = 1, 200 do many[i] = 0x20AC end
  equal(char(table.unpack(many)), ("€"):rep(200))
  fails("bad argument #1 to 'utf8.char' (value out of range)", char, -1)
  fails("bad argument #2 to 'utf8.char' (value out of range)", char, 1, 0x80000000)
  fails("bad argument #1 to 'utf8.char' (value out of range)", char, MAX)
  fails("bad argument #1 to 'utf8.char' (number expected, got string)", char, "x")
end

-- Every function on one string with known code points.
local function check(s, points, lax)
  local count = #points
  equal(len(s, 1, -1, lax), count)
  equal(list(codepoint(s, 1, -1, lax)), list(table.unpack(points)))
  equal(char(table.unpack(points)), s)
  local i, starts = 0, {}
  for p, c in codes(s, lax) do
    i = i + 1
    equal(c, points[i])
    starts[i] = p
    equal(offset(s, i), p)
    equal(offset(s, 1, p), p)
    equal(offset(s, i - count - 1), p)
    equal(codepoint(s, p, p, lax), c)
    equal(len(s, p, -1, lax), count - i + 1)
    local last = offset(s, 2, p) - 1
    for q = p, last do equal(offset(s, 0, q), p) end
    for q = p + 1, last do
      fails("initial position is a continuation byte", offset, s, 1, q)
      fails("initial position is a continuation byte", offset, s, -1, q)
      equal(list(len(s, q, -1, lax)), "nil " .. q)
    end
  end
  equal(i, count)
  equal(offset(s, count + 1), #s + 1)
  equal(offset(s, count + 2), nil)
  equal(offset(s, -count - 1), nil)
  i = 0
  for c in s:gmatch(utf8.charpattern) do
    i = i + 1
    equal(c, char(points[i]))
    equal(c, s:sub(starts[i], (starts[i + 1] or #s + 1) - 1))
  end
  equal(i, count)
end
check("", {})
check("hello World", {("hello World"):byte(1, -1)})
check("汉字/漢字", {27721, 23383, 47, 28450, 23383})
check("\0é\0", {0, 233, 0})
check("\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}", {0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF})
check("\u{D7FF}\u{E000}", {0xD7FF, 0xE000})
check("\u{D800}\u{DFFF}", {0xD800, 0xDFFF}, true)
check("\u{110000}\u{1FFFFF}\u{200000}\u{3FFFFFF}\u{4000000}\u{7FFFFFFF}",
  {0x110000, 0x1FFFFF, 0x200000, 0x3FFFFFF, 0x4000000, 0x7FFFFFFF}, true)
check(("é"):rep(100), (function() local t = {} for i = 1, 100 do t[i] = 233 end return t end)())

do -- len
  equal(len("abc", 4), 0)
  equal(len("abc", 2, 2), 1)
  equal(len("abc", 3, 2), 0)
  equal(len("abc", -2), 2)
  equal(len("abc", 1, -3), 1)
  equal(len("abc", 1, MIN), 0)
  equal(len("é", 1, 1), 1) -- a character counts where it begins
  equal(len("汉字", 1, 4), 2)
  equal(list(len("abc\xE3def")), "nil 4")
  equal(list(len("\xF4\x9F\xBF")), "nil 1")
  equal(list(len("\xF4\x9F\xBF\xBF")), "nil 1")
  equal(len("\xF4\x9F\xBF\xBF", 1, -1, true), 1)
  equal(list(len("汉字\x80")), "nil 7")
  equal(list(len("\xe6\xb1")), "nil 1")
  fails("bad argument #2 to 'utf8.len' (initial position out of bounds)", len, "abc", 0)
  fails("bad argument #2 to 'utf8.len' (initial position out of bounds)", len, "abc", 5)
  fails("bad argument #2 to 'utf8.len' (initial position out of bounds)", len, "abc", -4)
  fails("bad argument #2 to 'utf8.len' (initial position out of bounds)", len, "abc", MIN)
  fails("bad argument #2 to 'utf8.len' (initial position out of bounds)", len, "abc", MAX)
  fails("bad argument #3 to 'utf8.len' (final position out of bounds)", len, "abc", 1, 4)
  fails("bad argument #3 to 'utf8.len' (final position out of bounds)", len, "abc", 1, MAX)
  fails("bad argument #1 to 'utf8.len' (string expected, got no value)", len)
end

do -- codepoint
  equal(codepoint("abc"), 97)
  equal(list(codepoint("abc", 2, 3)), "98 99")
  equal(list(codepoint("abc", 3, 2)), "")
  equal(list(codepoint("abc", -1)), "99")
  equal(list(codepoint("汉字", 1, 2)), "27721")
  fails("bad argument #2 to 'utf8.codepoint' (out of bounds)", codepoint, "abc", 0)
  fails("bad argument #3 to 'utf8.codepoint' (out of bounds)", codepoint, "abc", 1, 4)
  fails("bad argument #3 to 'utf8.codepoint' (out of bounds)", codepoint, "abc", 4)
  fails("bad argument #3 to 'utf8.codepoint' (out of bounds)", codepoint, "")
  fails("bad argument #2 to 'utf8.codepoint' (out of bounds)", codepoint, "abc", -4)
  fails("invalid UTF-8 code", codepoint, "é", 2)
  fails("invalid UTF-8 code", codepoint, "a\xff", 1, -1)
  fails("stack overflow (string slice too long)", codepoint, ("x"):rep(2000000), 1, -1)
end

do -- what is invalid: strict and lax, in all functions
  local always = {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xF8\x87\xBF\xBF\xBF",
    "\xFC\x83\xBF\xBF\xBF\xBF", "\xFE", "\xFF", "\xC3", "\xC3a", "\xE2\x82", "\xE2\x82a", "\xF0\x90\x80", "\xFC\x84\x80\x80\x80",
    "\xC3\0", "\xFE\x80\x80\x80\x80\x80\x80"}
  local strict_only = {"\u{D800}", "\u{DBFF}", "\u{DC00}", "\u{DFFF}", "\u{110000}", "\u{1FFFFF}", "\u{200000}", "\u{7FFFFFFF}"}
  local function walk(s, lax) for _ in codes(s, lax) do end end
  for _, s in ipairs(always) do
    for _, lax in ipairs {true, false} do
      equal(list(len(s, 1, -1, lax)), "nil 1")
      equal(list(len("ab" .. s .. "c", 1, -1, lax)), "nil 3")
      fails("invalid UTF-8 code", codepoint, s, 1, 1, lax)
    end
  end
  for _, s in ipairs(strict_only) do
    equal(list(len(s)), "nil 1")
    equal(len(s, 1, -1, true), 1)
    fails("invalid UTF-8 code", codepoint, s)
    assert(codepoint(s, 1, 1, true))
    fails("invalid UTF-8 code", walk, s)
    walk(s, true)
  end
  fails("invalid UTF-8 code", walk, "ab\xff")
  fails("invalid UTF-8 code", walk, "\xE2\x82")
  fails("invalid UTF-8 code", walk, "a\xC0\x80", true)
  if not stock then -- 5.4.4 steps over stray continuation bytes; later releases refuse them
    fails("invalid UTF-8 code", walk, "ab\x80")
    fails("invalid UTF-8 code", walk, "é\x80x")
    fails("invalid UTF-8 code", walk, "ab\x80", true)
    fails("bad argument #1 to 'utf8.codes' (invalid UTF-8 code)", codes, "\x80")
    fails("bad argument #1 to 'utf8.codes' (invalid UTF-8 code)", codes, "\xBFabc", true)
  end
end

do -- codes
  local f, s, control = codes("aé")
  equal(s, "aé")
  equal(control, 0)
  equal(list(f(s, control)), "1 97")
  equal(list(f(s, 1)), "2 233")
  equal(list(f(s, 2)), "")
  equal(list(f(s, 100)), "")
  equal(list(f(s, -1)), "")
  equal(list(f(s, MIN)), "")
  fails("bad argument #1 to 'utf8.codes' (string expected, got no value)", codes)
  fails("bad argument #1 to 'for iterator' (string expected, got table)", function() for _ in f, {}, 0 do end end)
end

do -- offset
  local s = "aé汉b" -- 1, 2-3, 4-6, 7
  equal(offset(s, 3), 4)
  equal(offset(s, 5), 8)
  equal(offset(s, 6), nil)
  equal(offset(s, -1), 7)
  equal(offset(s, -2), 4)
  equal(offset(s, -5), nil)
  equal(offset(s, 2, 2), 4)
  equal(offset(s, -1, 4), 2)
  equal(offset(s, -1, -1), 4)
  equal(offset(s, 0), 1)
  equal(offset(s, 0, 6), 4)
  equal(offset(s, 0, 8), 8)
  equal(offset(s, 1, 8), 8)
  equal(offset(s, 2, 8), nil)
  equal(offset("", 0), 1)
  equal(offset("", 1), 1)
  equal(offset("", -1), nil)
  equal(offset("\x80\x80", 0, 2), 1)
  equal(offset(s, MAX), nil)
  equal(offset(s, MIN), nil)
  fails("bad argument #3 to 'utf8.offset' (position out of bounds)", offset, "abc", 1, 5)
  fails("bad argument #3 to 'utf8.offset' (position out of bounds)", offset, "abc", 1, -4)
  fails("bad argument #3 to 'utf8.offset' (position out of bounds)", offset, "abc", 1, MIN)
  fails("bad argument #3 to 'utf8.offset' (position out of bounds)", offset, "", 1, 2)
  fails("initial position is a continuation byte", offset, "é", 1, 2)
  fails("bad argument #2 to 'utf8.offset' (number expected, got no value)", offset, "a")
end

do -- the library
  equal(utf8.charpattern, "[\0-\x7F\xC2-\xFD][\x80-\xBF]*")
  local names = {}
  for name in pairs(utf8) do names[#names + 1] = name end
  table.sort(names)
  equal(table.concat(names, " "), "char charpattern codepoint codes len offset")
end

print("ok")
