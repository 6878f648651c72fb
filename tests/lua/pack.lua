-- string.pack, packsize, unpack (manual 6.4.2).
local check = dofile("support/check.lua")
local equal, fails, list = check.same, check.fails, check.list
local pack, packsize, unpack = string.pack, string.packsize, string.unpack
local MIN, MAX = math.mininteger, math.maxinteger

do -- sizes (of the 64-bit platforms that the tests run on)
  local sizes = {b = 1, B = 1, h = 2, H = 2, i = 4, I = 4, l = 8, L = 8, j = 8, J = 8, T = 8, f = 4, d = 8, n = 8, x = 1,
    [" "] = 0, ["<"] = 0, [">"] = 0, ["="] = 0, ["!"] = 0, [""] = 0, c0 = 0, c10 = 10, bhi = 7, ["!bhi"] = 8, ["!4bd"] = 12, ["!8bd"] = 16,
    ["!bXd"] = 8, ["!bXi"] = 4, ["!2bXi"] = 2}
  for format, size in pairs(sizes) do equal(packsize(format), size) end
  for i = 1, 16 do
    equal(packsize("i" .. i), i)
    equal(packsize("I" .. i), i)
  end
  equal(packsize("!8 b Xh i4 i8 c1 Xi8"), 24)
  equal(packsize("<! c3 Xi b"), 5)
  equal(packsize("c2147483639c8"), 2147483647)
  equal(packsize("i4\0garbage"), 4) -- a zero ends the format
end

do -- integers of every size
  for size = 1, 16 do
    local bits = math.min(size * 8, 64)
    for _, order in ipairs {"<", ">"} do
      local signed, unsigned = order .. "i" .. size, order .. "I" .. size
      local highest = bits == 64 and MAX or (1 << (bits - 1)) - 1
      for _, value in ipairs {0, 1, -1, 100, -100, highest, -highest - 1, highest // 3} do
        local data = pack(signed, value)
        equal(#data, size)
        equal(list(unpack(signed, data)), list(value, size + 1))
        local other = (order == "<" and ">" or "<") .. "i" .. size
        equal(unpack(other, data:reverse()), value)
      end
      equal(pack(signed, -1), ("\xff"):rep(size))
      equal(unpack(unsigned, pack(unsigned, highest)), highest)
      if size < 8 then
        equal(unpack(unsigned, ("\xff"):rep(size)), (1 << size * 8) - 1)
        fails("bad argument #2 to 'string.pack' (integer overflow)", pack, signed, highest + 1)
        fails("bad argument #2 to 'string.pack' (integer overflow)", pack, signed, -highest - 2)
        fails("bad argument #2 to 'string.pack' (unsigned overflow)", pack, unsigned, 1 << size * 8)
        fails("bad argument #2 to 'string.pack' (unsigned overflow)", pack, unsigned, -1)
      elseif size > 8 then
        local text = ("%d-byte integer does not fit into Lua Integer"):format(size)
        local filler = order == "<" and function(b) return ("\0"):rep(8) .. b:rep(size - 8) end
          or function(b) return b:rep(size - 8) .. ("\0"):rep(8) end
        fails(text, unpack, signed, filler("\1"))
        fails(text, unpack, signed, filler("\xff"))
        fails(text, unpack, unsigned, ("\xff"):rep(size))
        equal(unpack(signed, filler("\0")), 0)
        equal(unpack(signed, ("\xff"):rep(size)), -1)
      end
    end
  end
  equal(pack("<i3", -2), "\xfe\xff\xff")
  equal(pack(">I4", 0x01020304), "\1\2\3\4")
  equal(pack("<I4", 0x01020304), "\4\3\2\1")
  equal(pack("<I16", -1), ("\xff"):rep(8) .. ("\0"):rep(8))
  equal(pack("<i16", -1), ("\xff"):rep(16))
  equal(pack("<j >j", 1, 1), "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1")
  equal(pack("=I4", 0x01020304), pack("I4", 0x01020304))
  equal(list(unpack("<bBhHiIlLjJT", pack("<bBhHiIlLjJT", -1, 255, -2, 65535, -3, 7, -4, 8, MIN, -1, 9))),
    "-1 255 -2 65535 -3 7 -4 8 0x8000000000000000 -1 9 55")
  equal(pack("b", "12"), "\12")
  equal(pack("b", 12.0), "\12")
end

do -- floats
  for _, value in ipairs {0, -1.5, 1 / 0, -1 / 0, 0.5, 1e30, -2.0 ^ 40} do
    for _, order in ipairs {"<", ">", "="} do
      equal(unpack(order .. "d", pack(order .. "d", value)), value + 0.0)
      equal(unpack(order .. "n", pack(order .. "n", value)), value + 0.0)
    end
  end
  equal(pack(">d", 1), "\x3f\xf0\0\0\0\0\0\0")
  equal(pack("<f", 1), "\0\0\x80\x3f")
  equal(unpack(">f", "\x3f\x80\0\0"), 1.0)
  equal(unpack("<f", pack("<f", 0.1)), 0.10000000149011612)
  equal(unpack("<f", pack("<f", 1e300)), 1 / 0)
  local nan = unpack("<d", pack("<d", 0 / 0))
  assert(nan ~= nan)
  equal(pack("<d", 5e-324), "\1\0\0\0\0\0\0\0")
end

do -- strings
  equal(pack("z", "abc"), "abc\0")
  equal(pack("s1", "abc"), "\3abc")
  equal(pack("<s", "abc"), "\3\0\0\0\0\0\0\0abc")
  equal(pack(">s2", "a\0c"), "\0\3a\0c")
  equal(pack("c5", "abc"), "abc\0\0")
  equal(pack("c0", ""), "")
  equal(pack("c3000", "x"), "x" .. ("\0"):rep(2999))
  equal(pack("s1", 12), "\00212")
  equal(list(unpack("z s1 c2", "ab\0\3xyzpq")), '"ab" "xyz" "pq" 10')
  equal(list(unpack("c0", "")), '"" 1')
  equal(list(unpack("z", "\0")), '"" 2')
  local long = ("x"):rep(70000)
  equal(unpack("s4", pack("s4", long)), long)
  equal(unpack("z", pack("z", long)), long)
  equal(list(unpack("<s16", "\1" .. ("\0"):rep(15) .. "q")), '"q" 18')
  fails("bad argument #2 to 'string.pack' (string contains zeros)", pack, "z", "a\0b")
  fails("bad argument #2 to 'string.pack' (string longer than given size)", pack, "c2", "abc")
  fails("bad argument #2 to 'string.pack' (string length does not fit in given size)", pack, "s1", ("x"):rep(256))
  fails("bad argument #2 to 'string.pack' (string length does not fit in given size)", pack, "s2", long)
  fails("bad argument #2 to 'string.unpack' (unfinished string for format 'z')", unpack, "z", "abc")
  fails("bad argument #2 to 'string.unpack' (data string too short)", unpack, "s1", "\5abc")
  fails("bad argument #2 to 'string.unpack' (data string too short)", unpack, "s", ("\xff"):rep(20))
  fails("bad argument #2 to 'string.unpack' (data string too short)", unpack, "<s8", ("\xff"):rep(7) .. "\x7f")
end

do -- alignment and padding
  equal(pack("<!4 b i", 1, 2), "\1\0\0\0\2\0\0\0")
  equal(pack("<b i", 1, 2), "\1\2\0\0\0") -- none unless asked for
  equal(pack("<!2 b i", 1, 2), "\1\0\2\0\0\0")
  equal(pack("<! b d", 1, 0), "\1" .. ("\0"):rep(15))
  equal(pack("<!16 b i16", 1, 2), "\1" .. ("\0"):rep(15) .. "\2" .. ("\0"):rep(15))
  equal(pack("x"), "\0")
  equal(pack("bxxb", 1, 2), "\1\0\0\2")
  equal(pack("<!4 b Xi b", 1, 2), "\1\0\0\0\2")
  equal(pack("<!8 b Xh Xd", 1), "\1" .. ("\0"):rep(7))
  equal(pack("<!4 b s4", 1, "x"), "\1\0\0\0\1\0\0\0x")
  equal(pack("<!4 b c3 i", 1, "abc", 2), "\1abc\2\0\0\0")
  equal(pack("<!1 b i", 1, 2), pack("<b i", 1, 2))
  equal(list(unpack("<!4 b i", "\1\9\9\9\2\0\0\0")), "1 2 9")
  equal(list(unpack("<!4 b Xi b", "\1\0\0\0\2")), "1 2 6")
  equal(list(unpack("<!4 i", "x\0\0\0\7\0\0\0", 2)), "7 9") -- by the position in the data
  equal(list(unpack(" < i1 > i2 = x", "\1\0\2\0")), "1 2 5")
  for i = 1, 4 do equal(packsize("!4 c" .. i .. " i4"), 8) end
end

do -- positions
  local data = pack("<i4i4i4i4", 100, 200, 300, 400)
  for position = 1, 16, 4 do
    local value, next = unpack("<i4", data, position)
    equal(value, (position // 4 + 1) * 100)
    equal(next, position + 4)
  end
  equal(list(unpack("<i4", data, -4)), "400 17")
  equal(list(unpack("<i4", data, -16)), "100 5")
  equal(list(unpack("<i4", data, -1000)), "100 5")
  equal(list(unpack("", data, 17)), "17")
  equal(list(unpack("", "")), "1")
  equal(list(unpack("<i4i4i4i4", data)), "100 200 300 400 17")
  fails("bad argument #3 to 'string.unpack' (initial position out of string)", unpack, "c0", "abc", 5)
  fails("bad argument #3 to 'string.unpack' (initial position out of string)", unpack, "i", "abc", MAX)
  fails("bad argument #2 to 'string.unpack' (data string too short)", unpack, "i", "abc")
  fails("bad argument #2 to 'string.unpack' (data string too short)", unpack, "c4", "abc")
  fails("bad argument #2 to 'string.unpack' (data string too short)", unpack, "x", "")
  fails("bad argument #2 to 'string.unpack' (data string too short)", unpack, "!4 b Xi", "a")
  fails("bad argument #2 to 'string.unpack' (data string too short)", unpack, "c2147483639", "")
  fails("stack overflow (too many results)", unpack, ("b"):rep(1500000), ("x"):rep(1500000))
  equal(select("#", unpack(("b"):rep(5000), ("x"):rep(5000))), 5001)
end

do -- wrong formats
  for _, f in ipairs {pack, packsize, unpack} do
    local name = f == pack and "string.pack" or f == packsize and "string.packsize" or "string.unpack"
    fails("invalid format option 'y'", f, "y", "")
    fails("invalid format option '0'", f, "0", "")
    fails("invalid format option '\xc3'", f, "\xc3", "")
    fails("missing size for format option 'c'", f, "c", "")
    fails("integral size (0) out of limits [1,16]", f, "i0", "")
    fails("integral size (17) out of limits [1,16]", f, "I17", "")
    fails("integral size (17) out of limits [1,16]", f, "s17", "")
    fails("integral size (17) out of limits [1,16]", f, "!17", "")
    fails("integral size (0) out of limits [1,16]", f, "!0", "")
    fails("integral size (999999999) out of limits [1,16]", f, "i99999999999", "")
    fails("bad argument #1 to '" .. name .. "' (invalid next option for option 'X')", f, "X", "")
    fails("bad argument #1 to '" .. name .. "' (invalid next option for option 'X')", f, "Xz", "")
    fails("bad argument #1 to '" .. name .. "' (invalid next option for option 'X')", f, "Xc1", "")
    fails("bad argument #1 to '" .. name .. "' (invalid next option for option 'X')", f, "X i", "")
    fails("bad argument #1 to '" .. name .. "' (invalid next option for option 'X')", f, "X<i", "")
    fails("bad argument #1 to '" .. name .. "' (format asks for alignment not power of 2)", f, "!4i3", "")
    fails("bad argument #1 to '" .. name .. "' (format asks for alignment not power of 2)", f, "!3i4", "")
    fails("bad argument #1 to '" .. name .. "' (format asks for alignment not power of 2)", f, "!8Xi5", "")
    fails("bad argument #1 to '" .. name .. "' (string expected, got no value)", f)
  end
  fails("bad argument #1 to 'string.packsize' (variable-length format)", packsize, "s")
  fails("bad argument #1 to 'string.packsize' (variable-length format)", packsize, "iz")
  fails("bad argument #1 to 'string.packsize' (format result too large)", packsize, "c2147483639c9")
  fails("bad argument #1 to 'string.packsize' (format result too large)", packsize, ("c214748364"):rep(11))
  fails("invalid format option '7'", packsize, "c2147483647")
  fails("bad argument #2 to 'string.pack' (number expected, got nil)", pack, "i")
  fails("bad argument #3 to 'string.pack' (number expected, got nil)", pack, "ii", 1)
  fails("bad argument #2 to 'string.pack' (number expected, got string)", pack, "i", "x")
  fails("bad argument #2 to 'string.pack' (number has no integer representation)", pack, "i", 1.5)
  fails("bad argument #2 to 'string.pack' (number expected, got table)", pack, "d", {})
  fails("bad argument #3 to 'string.pack' (string expected, got nil)", pack, "iz", 1, nil)
  fails("bad argument #2 to 'string.unpack' (string expected, got no value)", unpack, "i")
end

print("ok")
