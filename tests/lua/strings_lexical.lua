local stock = (arg and arg[-1] or ""):find("lua5%.4") ~= nil
-- Scanning: escapes, long brackets, comments, names, line ends and the counting of lines (manual 3.1).
local function value(text, wanted)
  local chunk, message = load("return " .. text, "=t")
  if not chunk then error(("found no chunk: %s"):format(message), 2) end
  local found = chunk()
  if found ~= wanted then error(("found %q, wanted %q"):format(found, wanted), 2) end
end

local function wrong(text, wanted)
  local chunk, message = load(text, "=t")
  if chunk then error(("found a chunk, wanted: %s"):format(wanted), 2) end
  if message ~= wanted then error(("found '%s', wanted '%s'"):format(message, wanted), 2) end
end

do -- simple escapes
  value([["\a\b\f\n\r\t\v\\\"\'"]], string.char(7, 8, 12, 10, 13, 9, 11, 92, 34, 39))
  value([['"']], '"')
  value([["'"]], "'")
  value([['\'']], "'")
  value([["\0"]], string.char(0))
  value([["\65\066\0677"]], "ABC7")
  value([["\255\0001"]], "\xff\x001")
  value([["\x41\x7A\xfF"]], "Az" .. string.char(255))
  value('"a\\\nb"', "a\nb")
  value('"a\\\r\nb"', "a\nb")
  value('"a\\\n\rb"', "a\nb")
  value('"a\\\rb"', "a\nb")
  value('"a\\z  \n\t\r\n  b"', "ab")
  value('"a\\z"', "a")
  value('"\\zb\\z \\z \\x41"', "bA")
  value('"a\0b"', "a\0b")
  value('"\xff\x80"', "\xff\x80")
  value('""', "")
  value("''", "")
  value('"tab\tinside"', "tab\tinside")
  value('"-- no comment"', "-- no comment")
  value('"[[x]]"', "[[x]]")
end

do -- code points up to 2^31
  value([["\u{0}"]], "\0")
  value([["\u{41}"]], "A")
  value([["\u{7f}\u{80}\u{7ff}\u{800}"]], "\x7f\xC2\x80\xDF\xBF\xE0\xA0\x80")
  value([["\u{ffff}\u{10000}\u{10ffff}"]], "\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF")
  value([["\u{1fffff}\u{200000}"]], "\xF7\xBF\xBF\xBF\xF8\x88\x80\x80\x80")
  value([["\u{3ffffff}\u{4000000}"]], "\xFB\xBF\xBF\xBF\xBF\xFC\x84\x80\x80\x80\x80")
  value([["\u{7fffffff}"]], "\xFD\xBF\xBF\xBF\xBF\xBF")
  value([["\u{D800}\u{dfff}"]], "\xED\xA0\x80\xED\xBF\xBF")
  value([["\u{000000000000000041}"]], "A")
  value([["\u{20AC}x"]], "€x")
  wrong([[x = "\u{80000000}"]], [[t:1: UTF-8 value too large near '"\u{80000000']])
  wrong([[x = "\u{100000000}"]], [[t:1: UTF-8 value too large near '"\u{100000000']])
  wrong([[x = "\u"]], [[t:1: missing '{' near '"\u"']])
  wrong([[x = "\u41"]], [[t:1: missing '{' near '"\u4']])
  wrong([[x = "\u{}"]], [[t:1: hexadecimal digit expected near '"\u{}']])
  wrong([[x = "\u{g}"]], [[t:1: hexadecimal digit expected near '"\u{g']])
  wrong([[x = "\u{41"]], [[t:1: missing '}' near '"\u{41"']])
  wrong([[x = "\u{41 }"]], [[t:1: missing '}' near '"\u{41 ']])
end

do -- wrong escapes
  wrong([[x = "\q"]], [[t:1: invalid escape sequence near '"\q']])
  wrong([[x = "abc\q def"]], [[t:1: invalid escape sequence near '"abc\q']])
  wrong([[x = "\A"]], [[t:1: invalid escape sequence near '"\A']])
  wrong([[x = "\256"]], [[t:1: decimal escape too large near '"\256"']])
  wrong([[x = "\999x"]], [[t:1: decimal escape too large near '"\999x']])
  wrong([[x = "\300]], [[t:1: decimal escape too large near '"\300']])
  wrong([[x = "\x"]], [[t:1: hexadecimal digit expected near '"\x"']])
  wrong([[x = "\x4"]], [[t:1: hexadecimal digit expected near '"\x4"']])
  wrong([[x = "\xg1"]], [[t:1: hexadecimal digit expected near '"\xg']])
  wrong([[x = "\x4g"]], [[t:1: hexadecimal digit expected near '"\x4g']])
  wrong('x = "\\', [[t:1: unfinished string near <eof>]])
  wrong('x = "\\x', [[t:1: hexadecimal digit expected near '"\x']])
  wrong('x = "\\1', [[t:1: unfinished string near <eof>]])
end

do -- unfinished strings
  wrong('x = "abc', 't:1: unfinished string near <eof>')
  wrong("x = 'abc", "t:1: unfinished string near <eof>")
  wrong('x = "abc\ny"', [[t:1: unfinished string near '"abc']])
  wrong('x = "abc\ry"', [[t:1: unfinished string near '"abc']])
  wrong("x = 'abc\"", "t:1: unfinished string near <eof>")
  wrong('\n\nx = "a\\\nb\\\nc', "t:5: unfinished string near <eof>")
  wrong('x = [[abc', "t:1: unfinished long string (starting at line 1) near <eof>")
  wrong('\nx = [==[abc\n]=]\n]===]', "t:4: unfinished long string (starting at line 2) near <eof>")
  wrong('x = [=abc', "t:1: invalid long string delimiter near '[='")
  wrong('x = [==', "t:1: invalid long string delimiter near '[=='")
  wrong('--[[ never\nclosed', "t:2: unfinished long comment (starting at line 1) near <eof>")
  wrong('x = 1 --[==[ ]]\n\n', "t:3: unfinished long comment (starting at line 1) near <eof>")
end

do -- long brackets
  value("[[]]", "")
  value("[[abc]]", "abc")
  value("[[\nabc]]", "abc")
  value("[[\n\nabc]]", "\nabc")
  value("[[\r\nabc\r\n]]", "abc\n")
  value("[[\n\rabc\rdef\n]]", "abc\ndef\n")
  value("[[\n\r\n\rx]]", "\nx")
  value("[[a\n\n\r\r\nb]]", "a\n\n\n\nb" and load("return [[a\n\n\r\r\nb]]")())
  value("[==[a]]b]=]c]==]", "a]]b]=]c")
  value("[=[[[x]]]=]", "[[x]]")
  value("[[a]b]]", "a]b")
  value("[[a[[b]]", "a[[b")
  value("[=[]]=]", "]")
  value("[=[]==]]=]", "]==]")
  value("[[\\n\\x41\\]]", "\\n\\x41\\")
  value("[[a\0b]]", "a\0b")
  value("[==========[x]=========]]==========]", "x]=========]")
  value("#[[abc]]", 3)
  assert(load("local t = {x = 5}; local k = 'x' return t[ [[x]] ], t[k]")() == 5)
  local big = ("x"):rep(100000) .. "\n"
  value("[[" .. big .. "]]", big)
  value('"' .. ("\\65"):rep(5000) .. '"', ("A"):rep(5000))
end

do -- comments
  assert(load("--\nreturn 1")() == 1)
  assert(load("-- text [[ not long\nreturn 2")() == 2)
  assert(load("--[[ a\nb ]]return 3")() == 3)
  assert(load("--[==[ ]] ]=] ]==] return 4")() == 4)
  assert(load("--[=x a line\nreturn 5")() == 5)
  assert(load("--[ a line\nreturn 6")() == 6)
  assert(load("return 7 -- at the end")() == 7)
  assert(load("return--[[in\nside]]8")() == 8)
  assert(load("---[[ a line\nreturn 9")() == 9)
  assert(load("--")() == nil and load("")() == nil and load("--[[]]")() == nil)
  assert(load("return 1--[[x]]+--y\n2")() == 3)
end

do -- white space, semicolons, names
  assert(load("\t\v\f\r\n return \n\n 1 ;")() == 1)
  assert(load(";;; local a = 1 ;; return a;")() == 1)
  assert(load("local _ = 1; local _1, a_b, A9, ands, _end = 2, 3, 4, 5, 6; return _ + _1 + a_b + A9 + ands + _end")() == 21)
  assert(load("local x, X = 1, 2 return X - x")() == 1)
  for _, word in ipairs {"and", "break", "do", "else", "elseif", "end", "false", "for", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while"} do
    local chunk, message = load("local " .. word .. " = 1", "=t")
    assert(not chunk and message == "t:1: <name> expected near '" .. word .. "'", message)
    assert(load("return {}." .. word) == nil)
    assert(load("local t = {[ '" .. word .. "' ] = 1}; return t['" .. word .. "']")() == 1)
  end
  local long = ("n"):rep(10000)
  assert(load("local " .. long .. " = 7; return " .. long)() == 7)
  assert(load("local a='1'local b=2 return a+b")() == 3)
  assert(load("return 1,2,3 ;") and load("return;") and not load("return; ; "))
end

do -- bytes that begin no token
  wrong("x = @", "t:1: unexpected symbol near '@'")
  wrong("x = $1", "t:1: unexpected symbol near '$'")
  wrong("x = 1 ? 2", "t:1: unexpected symbol near '?'")
  wrong("x = `a`", "t:1: unexpected symbol near '`'")
  wrong("x = !a", "t:1: unexpected symbol near '!'")
  wrong("x = \\n", "t:1: unexpected symbol near '\\'")
  wrong("x = \1", "t:1: unexpected symbol near '<\\1>'")
  wrong("x = \127", "t:1: unexpected symbol near '<\\127>'")
  wrong("x = \200", "t:1: unexpected symbol near '<\\200>'")
  wrong("é = 1", "t:1: unexpected symbol near '<\\195>'")
  wrong("\0", "t:1: unexpected symbol")
  wrong("x = \0", "t:1: unexpected symbol")
  wrong("x = a!=b", "t:1: unexpected symbol near '!'")
end

do -- lines in messages: every kind of line end counts once
  for _, ends in ipairs {"\n", "\r", "\r\n", "\n\r"} do
    wrong("x" .. ends, "t:2: syntax error near <eof>")
    wrong(ends .. ends .. "x = =", "t:3: unexpected symbol near '='")
    wrong("--[[" .. ends .. ends .. "]] x = =", "t:3: unexpected symbol near '='")
    wrong("local s = [[" .. ends .. "a" .. ends .. "]] x = =", "t:3: unexpected symbol near '='")
    wrong("local s = 'a\\" .. ends .. "' x = =", "t:2: unexpected symbol near '='")
    wrong("local s = 'a\\z" .. ends .. ends .. "' x = =", "t:3: unexpected symbol near '='")
    wrong("-- comment" .. ends .. "x = =", "t:2: unexpected symbol near '='")
    local f = load("local a = 1" .. ends .. ends .. "error('here')", "=t")
    local _, message = pcall(f)
    assert(message == "t:3: here", message)
  end
  wrong("\n\n\r\r\nx = =", "t:4: unexpected symbol near '='")
  wrong("\r\n\r\nx = =", "t:3: unexpected symbol near '='")
end

do -- lines of functions and calls
  local source = "\nlocal function f()\n\n  return debug.getinfo(1, 'Sl')\nend\nlocal i = f()\nreturn i\n"
  local info = load(source)()
  assert(info.currentline == 4 and info.linedefined == 2 and info.lastlinedefined == 5)
  local main = debug.getinfo(load(source), "S")
  assert(main.linedefined == 0 and main.lastlinedefined == -1 or main.linedefined == 0 and main.what == "main")
  local function line_of(text)
    local _, message = pcall(load(text, "=t"))
    return tonumber(message:match("^t:(%d+):"))
  end
  assert(line_of("local a\n\n = nil\nlocal b = a.x\n") == 4)
  assert(line_of("local a = nil\nlocal b = a\n.x\n") == 3)
  assert(line_of("local a = {}\nlocal b = 1 +\n\n a\n") == 2)
  assert(line_of("local a = {}\na\n.b\n.c\n = 1") == 5)
  -- the line of a call is that of its arguments' beginning (5.4.6 and later; 5.4.4 takes the function's)
  if not stock then assert(line_of("error\n(\n'x'\n)") == 2) end
  assert(line_of("local t = {}\nt.x(\n1,\n2\n)") == 2)
  assert(line_of("local t = {}\nlocal r = 'a' ..\n't' ..\n t\n") == 3)
  assert(line_of("local t = {}\nif t <\n 1 then\nend") == 3)
  assert(line_of("for i = 1,\n 10,\n 0 do\nend") == 3)
  assert(line_of("for i in\n nil\n do\nend") == 2)
  assert(line_of("local a = 1; local b = -\n{}") == 1)
end

do -- first line and byte order mark are skipped by files only
  local name = os.tmpname()
  local function run(text)
    local file = assert(io.open(name, "wb"))
    file:write(text)
    file:close()
    local chunk, message = loadfile(name)
    if not chunk then return nil, (message:gsub("^.*:(%d+:)", "%1")) end
    return chunk()
  end
  assert(run("#!/usr/bin/lua\nreturn debug.getinfo(1, 'l').currentline") == 2)
  assert(run("# only this") == nil)
  assert(run("#\nreturn 7") == 7)
  assert(run("#x\rreturn 7\nreturn 8") == 8)
  assert(run("\xEF\xBB\xBFreturn 9") == 9)
  assert(run("\xEF\xBB\xBF# first\nreturn debug.getinfo(1, 'l').currentline") == 2)
  assert(run("\xEF\xBB\xBF") == nil)
  local _, message = run("\xEF\xBBreturn 9")
  assert(message == "1: unexpected symbol near '<\\239>'" or message == "1: unexpected symbol near '<\\187>'", message)
  _, message = run("\n#x")
  assert(message == "2: unexpected symbol near '#'", message)
  os.remove(name)
  assert(load("#x\nreturn 1") == nil and load("\xEF\xBB\xBFreturn 1") == nil)
end

do -- long names and strings in messages
  local name = ("v"):rep(300)
  wrong("x = " .. name .. " y z", "t:1: syntax error near 'z'")
  wrong("x = " .. name .. " " .. name, "t:1: syntax error near <eof>")
  wrong("x = 1 '" .. ("s"):rep(200) .. "'", "t:1: unexpected symbol near ''" .. ("s"):rep(200) .. "''")
  wrong("x = 1 [[\nlong\n]]", "t:3: unexpected symbol near '[[long\n]]'")
  wrong("x = 1 2.50", "t:1: unexpected symbol near '2.50'")
  wrong("x = 1 0x1F", "t:1: unexpected symbol near '0x1F'")
end

do -- strings that are equal are one key, however they were written or built
  local t = {["a\65"] = 1, ["\u{41}\x41"] = 2}
  assert(t.aA == 1 and t.AA == 2 and t["a" .. "A"] == 1)
  local long = ("k"):rep(60)
  t[long] = 3
  assert(t[("k"):rep(30) .. ("k"):rep(30)] == 3 and t[("k"):rep(61)] == nil)
  assert(long == ("kk"):rep(30) and long ~= ("k"):rep(59) .. "j")
end
print "ok"
