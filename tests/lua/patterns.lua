-- Patterns: find, match, gmatch, gsub (manual 6.4.1).
local function equal(found, wanted)
  if found ~= wanted or math.type(found) ~= math.type(wanted) then
    error(("found %q, wanted %q"):format(found, wanted), 2)
  end
end
local function fails(wanted, f, ...)
  local good, message = pcall(f, ...)
  if good then error(("found no error, wanted %s"):format(wanted), 2) end
  message = tostring(message):gsub("^[^:]+:%d+: ", "")
  if message ~= wanted then error(("found %q, wanted %q"):format(message, wanted), 2) end
end
local function list(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = ("%q"):format(t[i]) end
  return table.concat(t, " ")
end
local find, match, gmatch, gsub = string.find, string.match, string.gmatch, string.gsub
local function all(s, p, init)
  local t = {}
  for a, b in gmatch(s, p, init) do t[#t + 1] = b and a .. "=" .. b or a end
  return table.concat(t, "|")
end

do -- find without specials
  equal(list(find("123456789", "345")), "3 5")
  equal(list(find("1234567890123456789", "345", 3)), "3 5")
  equal(list(find("1234567890123456789", "345", 4)), "13 15")
  equal(list(find("1234567890123456789", "346", 4)), "nil")
  equal(list(find("1234567890123456789", ".45", -9)), "13 15")
  equal(list(find("abcdefg", "\0", 5, 1)), "nil")
  equal(list(find("", "")), "1 0")
  equal(list(find("", "", 1)), "1 0")
  equal(list(find("", "", 2)), "nil")
  equal(list(find("alo", "", 4)), "4 3")
  equal(list(find("alo", "", 5)), "nil")
  equal(list(find("", "aaa", 1)), "nil")
  equal(list(find("alo(.)alo", "(.)", 1, 1)), "4 6")
  equal(list(find("a.b", ".", 1, true)), "2 2")
  equal(list(find("a.b", ".", -1, true)), "nil")
  equal(list(find("a)b]", ")b]")), "2 4")
  equal(list(find("a\0b\0c", "\0c")), "4 5")
  equal(list(find("a\0b\0c", "\0", 3)), "4 4")
  equal(list(find("abc", "b", -100)), "2 2")
  equal(list(find("abc", "b", math.mininteger)), "2 2")
  equal(list(find("abc", "b", math.maxinteger)), "nil")
  equal(list(find(("ab"):rep(1000) .. "abc", "abc")), "2001 2003")
  equal(list(find("", "[%s%S]")), "nil")
end

do -- single characters and classes
  equal(match("aaab", ".*b"), "aaab")
  equal(match("aaa", ".*a"), "aaa")
  equal(match("aaa", ".*b"), nil)
  equal(match("aaa", "^.-$"), "aaa")
  equal(match("aaab", ".-b"), "aaab")
  equal(match("alo xo", ".o$"), "xo")
  equal(match(" \n isto é assim", "%S%S*"), "isto")
  equal(match("alo xyzK", "(%w+)K"), "xyz")
  equal(match("254 K", "(%d*)K"), "")
  equal(match("alo ", "(%w*)$"), "")
  equal(match("alo wo", "%w*$"), "wo")
  local function class(c)
    local t = {}
    for i = 0, 127 do if match(string.char(i), "^" .. c .. "$") then t[#t + 1] = i end end
    return t
  end
  local sizes = {a = 52, c = 33, d = 10, g = 94, l = 26, p = 32, s = 6, u = 26, w = 62, x = 22, z = 1}
  for letter, size in pairs(sizes) do
    equal(#class("%" .. letter), size)
    equal(#class("%" .. letter:upper()), 128 - size)
    equal(#class("[%" .. letter .. "]"), size)
    equal(#class("[^%" .. letter .. "]"), 128 - size)
  end
  equal(#class("."), 128)
  equal(#class("[a-f]"), 6)
  equal(#class("[^a-f]"), 122)
  equal(#class("[]]"), 1)
  equal(#class("[^]]"), 127)
  equal(#class("[a-]"), 2)
  equal(#class("[-a]"), 2)
  equal(#class("[z-a]"), 0)
  equal(#class("[%a-z]"), 53) -- no range behind a class
  equal(#class("[a%-z]"), 3)
  equal(#class("[%]-a]"), 3)
  equal(#class("[]-a]"), 5)
  equal(#class("[%d%s_]"), 17)
  equal(#class("[^%d%s_]"), 111)
  equal(#class("[a-c-e]"), 5)
  equal(#class("[%%]"), 1)
  equal(#class("[a^]"), 2)
  equal(match("a%z", "%%z"), "%z")
  equal(match("x^y$z", "x^y$z"), "x^y$z") -- specials only in their places
  equal(match("a*", "^*"), nil)
  equal(match("*a", "^*a"), "*a")
  equal(match("a-?", "-?"), "")
  equal(match("(a)", "%(a%)"), "(a)")
  equal(match("\xe9", "[\xe0-\xff]"), "\xe9")
  equal(match("a\0\0b", "%z+"), "\0\0")
  equal(match("a\0b", "a\0b"), "a\0b")
  equal(match("ab\0\1c", "[\0-\2]+"), "\0\1")
  equal(match("abc\0efg", "%\0"), "\0")
  equal(list(find("a\0a\0a\0a\0\0ab", "\0ab", 2)), "9 11")
end

do -- repetition
  equal(match("aaa", "a?"), "a")
  equal(match("aab", "a?a?a?b"), "aab")
  equal(match("b", "a?b"), "b")
  equal(match("aaab", "a-b"), "aaab")
  equal(match("xaaab", "xa-(.)"), "a")
  equal(match("aaab", "(a-)b"), "aaa")
  equal(match("0123456789", "(.+(.?)())"), "0123456789")
  equal(match("abcabc", "(.*)c"), "abcab")
  equal(match("abcabc", "(.-)c"), "ab")
  equal(match("aXbX", "^(.*)X(.*)X$"), "a")
  equal(list(match("key = value", "^(%w+)%s*=%s*(%w+)$")), '"key" "value"')
  equal(list(match("aab", "^(a*)(a?)(a*)b$")), '"aa" "" ""')
  equal(list(match("aab", "^(a-)(a?)(a*)b$")), '"" "a" "a"')
  equal(match("aaaa", "^a+aaa$"), "aaaa")
  equal(match("aaa", "^a+aaa$"), nil)
  equal(match("aaab", "^a*ab"), "aaab")
  equal(match("a.b.c", ".*%."), "a.b.")
  equal(match("a.b.c", ".+%.c$"), "a.b.c")
  equal(match("abab", ".*$"), "abab")
  equal(match("[[]]x]", "%[.*%]"), "[[]]x]")
end

do -- anchors and frontiers
  equal(list(find("aab", "^a")), "1 1")
  equal(list(find("baa", "^a")), "nil")
  equal(list(find("baa", "^a", 2)), "2 2") -- the anchor is where the search begins
  equal(list(find("a", "^")), "1 0")
  equal(list(find("abc", "$")), "4 3")
  equal(list(find("", "^$")), "1 0")
  equal(list(find("a$a", "$a")), "2 3")
  equal(list(find("a$", "a$$")), "1 2")
  equal(gsub("aaa", "^a", "x"), "xaa")
  equal(gsub("THE (quick) fox", "%f[%a]%a+", "W"), "W (W) W")
  equal(list(find("THE (quick) fox", "%f[%a]%a+%f[%A]", 2)), "6 10")
  equal(list(find("a", "%f[a]")), "1 0")
  equal(list(find("a", "%f[^%z]")), "1 0")
  equal(list(find("a", "%f[^%l]")), "2 1")
  equal(list(find("aba", "%f[a%z]")), "3 2")
  equal(list(find("aba", "%f[%z]")), "4 3")
  equal(list(find("aba", "%f[%l%z]")), "nil")
  equal(list(find("aba", "%f[^%l%z]")), "nil")
  equal(gsub("aaa aa a aaa a", "%f[%w]%a", "x"), "xaa xa x xaa x")
  equal(gsub("[[]] [][] [[[[", "%f[[].", "x"), "x[]] x]x] x[[[")
  equal(gsub("01abc45de3", "%f[%d]", "."), ".01abc.45de.3")
  equal(list(find("THE (quick) fox", "%f[%S]%w+%f[%s]")), "nil")
end

do -- %b and captures
  equal(list(find("(álo)", "%(á")), "1 3")
  equal(gsub("abc(def(g)h)i(", "%b()", ""), "abci(")
  equal(gsub("alo 'oi' lala 'x'", "%b''", '"'), 'alo " lala "')
  equal(match("((a)", "%b()"), "(a)")
  equal(match("xx", "%bxx"), "xx")
  equal(match("\0a\0", "%b\0\0"), "\0a\0")
  equal(match("", "%b\0\0"), nil)
  equal(list(match("alo", "()l()")), "2 3")
  equal(list(match("alo", "()")), "1")
  equal(list(find("alo", "()l(o)")), '2 3 2 "o"')
  equal(list(find("alo", "(l)")), '2 2 "l"')
  equal(list(match("clo alo", "^(((.).).* (%w*))$")), '"clo alo" "cl" "c" "alo"')
  equal(list(match("0123456789", "(.+(.?)())")), '"0123456789" "" 11')
  equal(match("hello hello", "(%w+) %1"), "hello")
  equal(match("abcabc", "(abc)%1"), "abc")
  equal(match("abcab", "(abc)%1"), nil)
  equal(match("=[[x]] ]=]", "%[(=*)%[.-%]%1%]"), "")
  equal(match("aa", "()%1"), nil) -- a position matches no text
  equal(match('say "it\'s"', "([\"'])(.-)%1"), '"')
  equal(list(match("aab", "((a)(a))b")), '"aa" "a" "a"')
  local p = ("(a)"):rep(32)
  equal(select("#", match(("a"):rep(32), p)), 32)
  equal(select("#", match(("a"):rep(32), ("()"):rep(32))), 32)
  fails("too many captures", match, ("a"):rep(33), ("(a)"):rep(33))
end

do -- init
  equal(match("abc", "%w", 2), "b")
  equal(match("abc", "%w", -1), "c")
  equal(match("abc", "()", 4), 4)
  equal(match("abc", "()", 5), nil)
  equal(all("abc", "%w", 2), "b|c")
  equal(all("abc", "%w", -2), "b|c")
  equal(all("abc", "%w", -20), "a|b|c")
  equal(all("abc", "%w", 4), "")
  equal(all("abc", "()", 4), "4")
  equal(all("abc", "()", 5), "")
  equal(all("abc", "()", math.maxinteger), "")
  equal(all("abc", "%f[%w]%w", 2), "") -- what is before the start counts
end

do -- gmatch
  equal(all("hello world from Lua", "%a+"), "hello|world|from|Lua")
  equal(all("k1=v1, k2=v2", "(%w+)=(%w+)"), "k1=v1|k2=v2")
  equal(all("abc", ""), "|||")
  equal(all("abc", "()"), "1|2|3|4")
  equal(all("a,b,,c", "[^,]*"), "a|b||c")
  equal(all("xuxx uu ppar r", "()(.)%2"), "3=x|6=u|9=p")
  equal(all("^a^a", "^a"), "^a|^a") -- no anchor here
  equal(all("13 14 10 = 11, 15= 16, 22=23", "(%d+)%s*=%s*(%d+)"), "10=11|15=16|22=23")
  local iterator = gmatch("aXb", "%l")
  equal(iterator(), "a")
  equal(coroutine.wrap(iterator)(), "b")
  equal(iterator(), nil)
  equal(iterator(), nil)
  fails("malformed pattern (missing ']')", gmatch("a", "[a"))
  fails("bad argument #2 to 'string.gmatch' (string expected, got no value)", gmatch, "a")
  fails("bad argument #3 to 'string.gmatch' (number expected, got table)", gmatch, "a", "a", {})
  local f = gmatch(("x"):rep(100), "x")
  collectgarbage()
  for _ = 1, 100 do equal(f(), "x") end
end

do -- gsub
  equal(list(gsub("ülo ülo", "ü", "x")), '"xlo xlo" 2')
  equal(list(gsub("alo úlo  ", " +$", "")), '"alo úlo" 1')
  equal(gsub("  alo alo  ", "^%s*(.-)%s*$", "%1"), "alo alo")
  equal(gsub("abç d", "(.)", "%1@"), "a@b@\xc3@\xa7@ @d@")
  equal(list(gsub("abcd", "(.)", "%0@", 2)), '"a@b@cd" 2')
  equal(gsub("alo alo", "()[al]", "%1"), "12o 56o")
  equal(gsub("abc=xyz", "(%w*)(%p)(%w+)", "%3%2%1-%0"), "xyz=abc-abc=xyz")
  equal(list(gsub("abc", "%w", "%1%0")), '"aabbcc" 3')
  equal(list(gsub("abc", "%w+", "%0%1")), '"abcabc" 1')
  equal(gsub("", "^", "r"), "r")
  equal(gsub("", "$", "r"), "r")
  equal(list(gsub("abc", "", "-")), '"-a-b-c-" 4')
  equal(list(gsub("a b cd", " *", "-")), '"-a-b-c-d-" 5') -- no empty match behind a match
  equal(list(gsub("abc", "b*", "x")), '"xaxcx" 3')
  equal(list(gsub("abc", "w", "x")), '"abc" 0')
  equal(list(gsub("abc", "%w", "x", 0)), '"abc" 0')
  equal(list(gsub("abc", "%w", "x", -1)), '"abc" 0')
  equal(list(gsub("abc", "%w", "x", 1.0)), '"xbc" 1')
  equal(gsub("a.b", "%.", "%%"), "a%b")
  equal(gsub("abc", "b", 1), "a1c")
  equal(gsub("abc", "b", 1.5), "a1.5c")
  equal(gsub("a\0b", "%z", "\0\0"), "a\0\0b")
  equal(gsub("hello", "", ""), "hello")
  equal(gsub(12321, 2, "x"), "1x3x1")
  -- functions
  equal(gsub("um (dois) tres (quatro)", "(%(%w+%))", string.upper), "um (DOIS) tres (QUATRO)")
  equal(gsub("abc", "%w", function(c) if c == "b" then return "" end end), "ac")
  equal(gsub("abc", "%w", function() return false end), "abc")
  equal(gsub("abc", "%w", function() end), "abc")
  equal(list(gsub("abc", "%w", function() return nil end)), '"abc" 3')
  equal(gsub("abc", "()%w", function(i) return i end), "123")
  equal(gsub("abc", "(%w)()", function(c, i) return c .. i end), "a2b3c4")
  equal(gsub("abc", "", function(s) return "[" .. s .. "]" end), "[]a[]b[]c[]")
  equal(gsub(("x"):rep(3000), "x", function() return "yy" end), ("yy"):rep(3000))
  equal(gsub(("xz"):rep(3000), "x", function() collectgarbage("step") return ("y"):rep(5) end), ("yyyyyz"):rep(3000))
  local nested = gsub("ab", "%w", function(c) return (gsub(c .. c, ".", function(d) return d .. "1" end)) end)
  equal(nested, "a1a1b1b1")
  -- tables
  equal(gsub("alo alo", ".", {}), "alo alo")
  equal(gsub("alo alo", "(.)", {a = "AA", l = ""}), "AAo AAo")
  equal(gsub("alo alo", "(.).", {a = "AA", l = "K"}), "AAo AAo")
  equal(gsub("alo alo", "((.)(.?))", {al = "AA", o = false}), "AAo AAo")
  equal(gsub("abc", "()", {"x", "yy", "zzz"}), "xayybzzzc")
  equal(gsub("a alo b hi", "%w%w+", setmetatable({}, {__index = function(_, k) return k:upper() end})), "a ALO b HI")
  equal(gsub("abc", "b", {b = 12}), "a12c")
  fails("oops", gsub, "a", "a", function() error("oops", 0) end)
  fails("attempt to yield across a C-call boundary", coroutine.wrap(function() gsub("a", "a", coroutine.yield) end))
end

do -- wrong patterns
  fails("malformed pattern (ends with '%')", find, "a", "%")
  fails("malformed pattern (ends with '%')", find, "a", "a%")
  fails("malformed pattern (missing ']')", find, "a", "[a")
  fails("malformed pattern (missing ']')", find, "a", "[]")
  fails("malformed pattern (missing ']')", find, "a", "[^]")
  fails("malformed pattern (missing ']')", find, "a", "[a%]")
  fails("malformed pattern (missing ']')", find, "a", "[a%")
  fails("malformed pattern (missing ']')", find, "a", "[")
  fails("malformed pattern (missing ']')", find, "a", "[^")
  fails("missing '[' after '%f' in pattern", find, "a", "%f")
  fails("missing '[' after '%f' in pattern", find, "a", "%fa")
  fails("malformed pattern (missing ']')", find, "a", "%f[")
  fails("malformed pattern (missing arguments to '%b')", find, "a", "%b")
  fails("malformed pattern (missing arguments to '%b')", find, "a", "%ba")
  fails("unfinished capture", find, "a", "(a")
  fails("unfinished capture", match, "a", "(")
  fails("unfinished capture", gsub, "a", "(a", "%1")
  fails("invalid pattern capture", match, "a", "a)")
  fails("invalid pattern capture", match, "a", ")")
  fails("invalid pattern capture", find, "a", "()a)")
  fails("invalid capture index %1", find, "a", "%1")
  fails("invalid capture index %0", find, "a", "%0")
  fails("invalid capture index %1", find, "a", "(%1)")
  fails("invalid capture index %2", find, "a", "(a)%2")
  equal(find("a", "b["), nil) -- what is never reached is never seen
  equal(find("a", "b%"), nil)
  fails("invalid use of '%' in replacement string", gsub, "alo", ".", "%")
  fails("invalid use of '%' in replacement string", gsub, "alo", ".", "%x")
  fails("invalid use of '%' in replacement string", gsub, "alo", ".", "%\0")
  fails("invalid capture index %2", gsub, "alo", ".", "%2")
  fails("invalid capture index %0", gsub, "alo", "(%0)", "a")
  fails("invalid capture index %3", gsub, "alo", "(.)(.)", "%3")
  fails("invalid replacement value (a table)", gsub, "alo", ".", {a = {}})
  fails("invalid replacement value (a boolean)", gsub, "alo", ".", function() return true end)
  fails("invalid replacement value (a function)", gsub, "alo", ".", function() return print end)
  fails("bad argument #3 to 'string.gsub' (string/function/table expected, got nil)", gsub, "alo", ".", nil)
  fails("bad argument #3 to 'string.gsub' (string/function/table expected, got no value)", gsub, "alo", ".")
  fails("bad argument #4 to 'string.gsub' (number expected, got string)", gsub, "alo", ".", true, "x")
  fails("bad argument #1 to 'string.find' (string expected, got nil)", find, nil, "a")
  fails("bad argument #2 to 'string.match' (string expected, got table)", match, "a", {})
  fails("bad argument #3 to 'string.find' (number has no integer representation)", find, "a", "a", 1.5)
end

do -- size and depth
  local a = ("a"):rep(300000)
  assert(find(a, "^a*.?$"))
  assert(not find(a, "^a*.?b$"))
  assert(find(a, "^a-.?$"))
  a = ("a"):rep(10000) .. ("b"):rep(10000)
  equal(select(2, gsub(a, "b", "")), 10000)
  equal(match(("a"):rep(199), ("a?"):rep(199)), ("a"):rep(199))
  fails("pattern too complex", match, ("a"):rep(200), ("a?"):rep(200))
  fails("pattern too complex", match, ("x"):rep(300), (".-"):rep(200) .. "x")
  fails("pattern too complex", match, "x", ("()"):rep(32) .. (".-"):rep(200))
  equal(#match(("a"):rep(80), (".?"):rep(80)), 80)
  fails("pattern too complex", match, ("a"):rep(200000), (".?"):rep(200000))
  equal(#match(("a"):rep(5000), ("a"):rep(5000)), 5000) -- plain items nest nothing
  equal(match(("("):rep(50000) .. (")"):rep(50000), "%b()"), ("("):rep(50000) .. (")"):rep(50000))
end

do -- recursion through a replacement function
  local function reverse(s)
    return (gsub(s, "^(.)(.*)$", function(c, rest) return reverse(rest) .. c end))
  end
  equal(reverse("0123456789"), "9876543210")
end

print("ok")
