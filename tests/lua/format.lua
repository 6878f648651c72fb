-- string.format (manual 6.4).
local check = dofile("support/check.lua")
local equal, fails = check.same, check.fails
local format = string.format
local MIN, MAX = math.mininteger, math.maxinteger

do -- text and percent signs
  equal(format(""), "")
  equal(format("a\0b"), "a\0b")
  equal(format("%%"), "%")
  equal(format("%%%d%%", 10), "%10%")
  equal(format("\0%s\0", "\0\0\1"), "\0\0\0\1\0")
  equal(format("x", 1, 2), "x")
  equal(format(12), "12")
  equal(("%s"):format("self"), "self")
  equal(#format(("x"):rep(5000) .. "%d", 1), 5001)
end

do -- integers
  equal(format("%d %i %u", 1, 2, 3), "1 2 3")
  equal(format("%d", MIN), "-9223372036854775808")
  equal(format("%d", MAX), "9223372036854775807")
  equal(format("%u", -1), "18446744073709551615")
  equal(format("%d", -0), "0")
  equal(format("%d", 3.0), "3")
  equal(format("%d", "10"), "10")
  equal(format("%d", "0x10"), "16")
  for _, value in ipairs {1, 9, 10, 11, 99, 100, 101, 999, 1000, 12345, 99999999, 100000000} do
    equal(format("%d", value), tostring(value))
    equal(format("%d", -value), "-" .. tostring(value))
  end
  equal(format("%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42), "   42|42   |00042|+42| 42")
  equal(format("%5d|%-5d|%05d|%+d|% d", -42, -42, -42, -42, -42), "  -42|-42  |-0042|-42|-42")
  equal(format("%.5d|%8.5d|%-8.5d|%08.5d|%+.3d", 42, 42, 42, 42, 42), "00042|   00042|00042   |   00042|+042")
  equal(format("%.0d|%.d|%5.0d|%+.0d", 0, 0, 0, 0), "||     |+")
  equal(format("%.0d", 1), "1")
  equal(format("%-05d|", 3), "3    |")
  equal(format("%+ d", 3), "+3")
  equal(format("%x %X %o", 255, 255, 8), "ff FF 10")
  equal(format("%#x %#X %#o", 255, 255, 8), "0xff 0XFF 010")
  equal(format("%#x %#X %#o", 0, 0, 0), "0 0 0")
  equal(format("%x", -1), "ffffffffffffffff")
  equal(format("%x", MIN), "8000000000000000")
  equal(format("%o", -1), "1777777777777777777777")
  equal(format("%#010x|%#-10x|%#10x", 255, 255, 255), "0x000000ff|0xff      |      0xff")
  equal(format("%08X|%.4x|%#.4x|%8.4x", 0xBEE, 0xBEE, 0xBEE, 0xBEE), "00000BEE|0bee|0x0bee|    0bee")
  equal(format("%#.3o|%#.1o|%#.0o|%.0o|%#6o|%#06o", 8, 8, 0, 0, 8, 8), "010|010|0|| " .. "  010|000010")
  equal(format("%.0x|%#.0x", 0, 0), "|")
  equal(format("%5u|%-5u|%05u|%.3u", 7, 7, 7, 7), "    7|7    |00007|007")
  equal(#format("%99d", 1), 99)
  equal(format("%.99d", -1), "-" .. ("0"):rep(98) .. "1")
  equal(#format("%99.99d", -1), 100)
end

do -- floats
  equal(format("%f", 1), "1.000000")
  equal(format("%.0f|%#.0f|%.3f|%8.2f|%-8.2f|%08.2f|%+.1f|% .1f", 2.5, 2, 2 / 3, 2.5, 2.5, -2.5, 1, 1),
    "2|2.|0.667|    2.50|2.50    |-0002.50|+1.0| 1.0")
  equal(format("%e %E %.0e %#.0e %.10e", 12345.678, 12345.678, 5, 5, 0.1),
    "1.234568e+04 1.234568E+04 5e+00 5.e+00 1.0000000000e-01")
  equal(format("%g %G %g %g %.3g %#g %.14g %.17g", 1e20, 1e-10, 100000, 1000000, 1234, 1, 0.1, 0.1),
    "1e+20 1E-10 100000 1e+06 1.23e+03 1.00000 0.1 0.10000000000000001")
  equal(format("%g %g %g", 1 / 0, -1 / 0, -0.0), "inf -inf -0")
  equal(format("%E %G", 1 / 0, 1 / 0), "INF INF")
  equal(format("%5.1f|%-6g|%06g", 1 / 0, 1 / 0, 1 / 0), "  inf|inf   |   inf")
  equal(#format("%.99f", -1.7976931348623157e308), 1 + 309 + 1 + 99)
  equal(#format("%99.99f", 1.7976931348623157e308), 309 + 1 + 99)
  equal(format("%f", "1.5"), "1.500000")
  equal(format("%a", 1), "0x1p+0")
  equal(format("%A", 1), "0X1P+0")
  equal(format("%a", 0.5), "0x1p-1")
  equal(format("%.3a|%20a|%-20a|%+a", 1.1, 1, 1, 1), "0x1.19ap+0|" .. (" "):rep(14) .. "0x1p+0|0x1p+0" ..
    (" "):rep(14) .. "|+0x1p+0")
  equal(format("%a", 1 / 0), "inf")
  assert(format("%a", 0 / 0):find("nan"))
end

do -- characters
  equal(format("%c%c%c", 97, 0, 255), "a\0\255")
  equal(format("%5c|%-5c|", 97, 98), "    a|b    |")
  equal(format("%3c", 0), "  \0")
  equal(format("%c", "97"), "a")
  equal(format("%c", 256 + 65), "A")
end

do -- strings
  equal(format("%s %s %s %s", 1, 1.0, nil, true), "1 1.0 nil true")
  equal(format("%s %s", MIN, -0.0), "-9223372036854775808 -0.0")
  equal(format("%10s|%-10s|%.2s|%10.2s|%-10.2s|", "abc", "abc", "abc", "abc", "abc"),
    "       abc|abc       |ab|        ab|ab        |")
  equal(format("%.0s|%.s|%.20s", "abc", "abc", "abc"), "||abc")
  equal(format("%5s|%-5s|%.3s", 12, 1.5, 12345), "   12|1.5  |123")
  equal(format("%5s|%.2s", nil, true), "  nil|tr")
  equal(format("%s", "a\0b"), "a\0b")
  local long = ("y"):rep(120)
  equal(format("%s", long), long)
  equal(format("%5s", long), long)
  equal(format("%-99s", long), long)
  equal(format("%.99s", long), long:sub(1, 99))
  equal(format("%99s", ("y"):rep(99)), ("y"):rep(99))
  equal(format("%99s", ("y"):rep(98)), " " .. ("y"):rep(98))
  equal(#format("%s%s", ("a"):rep(3000), ("b"):rep(3000)), 6000)
  local object = setmetatable({}, {__tostring = function() return "object" end, __name = "T"})
  equal(format("%s|%10s|%.3s", object, object, object), "object|    object|obj")
  local big = setmetatable({}, {__tostring = function() collectgarbage() return ("z"):rep(2000) end})
  equal(format("%s-%s-%10s", big, big, big), ("z"):rep(2000) .. "-" .. ("z"):rep(2000) .. "-" .. ("z"):rep(2000))
  assert(format("%s", setmetatable({}, {__name = "My.Type"})):find("^My%.Type: "))
  fails("'__tostring' must return a string", format, "%s", setmetatable({}, {__tostring = function() return {} end}))
  fails("bad argument #2 to 'string.format' (string contains zeros)", format, "%5s", "a\0b")
  fails("bad argument #2 to 'string.format' (string contains zeros)", format, "%.1s", "a\0b")
  getmetatable("").__tostring = function(s) return "<" .. #s .. ">" end -- strings and numbers ask it too
  equal(format("%s|%5s", "abc", "x"), "<3>|  <1>")
  getmetatable("").__tostring = nil
  equal(format("%s", "abc"), "abc")
end

do -- pointers
  local t, f, s = {}, print, ("s"):rep(60)
  equal(format("%p", t), (tostring(t):gsub("^table: ", "")))
  equal(format("%p", f) == format("%p", print), true)
  equal(format("%p %p %p %p", 1, 1.5, true, nil), "(null) (null) (null) (null)")
  equal(format("%10p|%-10p|", 1, nil), "    (null)|(null)    |")
  equal(#format("%40p|%-40p", t, t), 81)
  equal(format("%p", s), format("%p", s))
  equal(format("%p", "ab" .. 1), format("%p", "ab1")) -- short strings are one object
  assert(format("%p", coroutine.create(print)):find("^0x"))
end

do -- %q
  equal(format("%q", 'a"b\\c\nd'), '"a\\"b\\\\c\\\nd"')
  equal(format("%q", "\0"), [["\0"]])
  equal(format("%q", "\0001\0a\r2\r"), [["\0001\0a\0132\13"]])
  equal(format("%q", "\t\127\1279"), [["\9\127\1279"]])
  equal(format("%q", "é"), '"é"')
  equal(format("%q %q %q %q", 1, -1, MAX, MIN), "1 -1 9223372036854775807 0x8000000000000000")
  equal(format("%q %q %q", nil, true, false), "nil true false")
  equal(format("%q %q %q %q", 1 / 0, -1 / 0, 0.5, -0.0), "1e9999 -1e9999 0x1p-1 -0x0p+0")
  equal(format("%q", 0 / 0), "(0/0)")
  equal(format("%q", 1.0), "0x1p+0")
  local every = {}
  for i = 0, 255 do every[#every + 1] = string.char(i) .. (i % 10) end
  every = table.concat(every)
  equal(load("return " .. format("%q", every))(), every)
  for _, value in ipairs {0.1, 1e300, 5e-324, -1.5, 2.0 ^ 63, MIN, MAX, 0, 1e15} do
    equal(load("return " .. format("%q", value))(), value)
  end
  equal(#format("%q", ("\n"):rep(3000)), 6002)
  fails("bad argument #2 to 'string.format' (value has no literal form)", format, "%q", {})
  fails("bad argument #2 to 'string.format' (value has no literal form)", format, "%q", print)
  fails("specifier '%q' cannot have modifiers", format, "%10q", "x")
  fails("specifier '%q' cannot have modifiers", format, "%-q", "x")
end

do -- wrong formats
  local function invalid(specification, value)
    fails(("invalid conversion '%s' to 'format'"):format(specification), format, specification, value or 1)
  end
  for _, specification in ipairs {"%y", "%10.3y", "%F", "%n", "%D", "%l", "%h", "%", "%0", "%5.", "%-+ #0", "%5%", "%*", "%v"} do
    invalid(specification)
  end
  fails("invalid conversion '%l' to 'format'", format, "%ld", 1)
  fails("invalid conversion '%' to 'format'", format, "%\0d", 1)
  fails("invalid conversion '%5' to 'format'", format, "x%5\0d", 1)
  local wrong = {"%+u", "% u", "%#u", "%#d", "%#i", "%+x", "% X", "%+o", "%05s", "%+s", "%#s", "% s", "%0c", "%.3c", "%+c", "%.3p",
    "%05p", "%123d", "%.123d", "%1.123d", "%100f", "%.100f", "%1.2.3d", "%..2d", "%5.3-d", "%0100d", "%-100s", "%1-d",
    "%100x", "%.100x", "%100c", "%100p", "%.100s", "%100a", "%.100a", "%100e", "%100g"}
  for _, specification in ipairs(wrong) do
    fails(("invalid conversion specification: '%s'"):format(specification), format, specification, 1)
  end
  fails("invalid format (too long)", format, "%" .. ("0"):rep(21) .. "d", 1)
  fails("invalid format (too long)", format, "%" .. ("0"):rep(1000) .. "d", 1)
  fails("invalid format (too long)", format, "%" .. ("1"):rep(30), 1)
  equal(format("%" .. ("0"):rep(19) .. "5d", 1), "00001")
end

do -- wrong arguments
  fails("bad argument #2 to 'string.format' (no value)", format, "%d")
  fails("bad argument #2 to 'string.format' (no value)", format, "%")
  fails("bad argument #3 to 'string.format' (no value)", format, "%s %s", 1)
  fails("bad argument #2 to 'string.format' (no value)", format, "%q")
  fails("bad argument #2 to 'string.format' (number has no integer representation)", format, "%d", 3.5)
  fails("bad argument #2 to 'string.format' (number has no integer representation)", format, "%x", "3.5")
  fails("bad argument #2 to 'string.format' (number has no integer representation)", format, "%d", 2.0 ^ 63)
  fails("bad argument #2 to 'string.format' (number has no integer representation)", format, "%c", 0 / 0)
  fails("bad argument #2 to 'string.format' (number expected, got string)", format, "%d", "x")
  fails("bad argument #2 to 'string.format' (number expected, got table)", format, "%f", {})
  fails("bad argument #2 to 'string.format' (number expected, got nil)", format, "%c", nil)
  fails("bad argument #1 to 'string.format' (string expected, got nil)", format, nil)
  fails("bad argument #1 to 'string.format' (string expected, got no value)", format)
  fails("bad argument #1 to 'format' (number expected, got string)", function() return ("%d"):format("x") end)
  -- which of two mistakes is found first
  fails("bad argument #2 to 'string.format' (number expected, got string)", format, "%.123f", "x")
  fails("invalid conversion specification: '%.123a'", format, "%.123a", "x")
  fails("invalid conversion specification: '%.123c'", format, "%.123c", "x")
  fails("bad argument #2 to 'string.format' (number expected, got string)", format, "%.123d", "x")
end

print("ok")
