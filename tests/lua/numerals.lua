-- Numerals in source text and in tonumber (manual 3.1).
local MIN, MAX = math.mininteger, math.maxinteger

local function same(found, wanted, what)
  if math.type(found) ~= math.type(wanted) or found ~= wanted then
    error(("%s: found %s (%s), wanted %s"):format(what, found, math.type(found), wanted), 2)
  end
end

-- Reads the text both as source and through tonumber.
local function reads(text, wanted)
  same(assert(load("return " .. text))(), wanted, text)
  same(tonumber(text), wanted, "tonumber " .. text)
  same(tonumber(" \t\n\v\f\r" .. text .. " \n"), wanted, "padded " .. text)
  same(tonumber("-" .. text), -wanted, "-" .. text)
  same(tonumber("+" .. text), wanted, "+" .. text)
end

-- decimal integers
reads("0", 0)
reads("00", 0)
reads("7", 7)
reads("0123", 123)
reads("1234567890", 1234567890)
reads("9223372036854775807", MAX)
same(9223372036854775808, 2.0 ^ 63, "one too large")
reads("09223372036854775807", MAX)
reads("18446744073709551615", 2.0 ^ 64)
reads("99999999999999999999", 1e20)
reads("1" .. ("0"):rep(100), 1e100)
reads(("0"):rep(300) .. "5", 5)
same(-9223372036854775808, -(2.0 ^ 63), "negated")
same(tonumber("-9223372036854775808"), MIN, "minimal")
same(tonumber("-9223372036854775809"), -(2.0 ^ 63), "below minimal")

-- decimal floats
reads("0.0", 0.0)
reads("3.", 3.0)
reads(".5", 0.5)
reads("3.25", 3.25)
reads("3e2", 300.0)
reads("3E2", 300.0)
reads("3e+2", 300.0)
reads("3e-2", 0.03)
reads("3.5e1", 35.0)
reads(".5e1", 5.0)
reads("5.e1", 50.0)
reads("0e12", 0.0)
reads("1e308", 1e308)
reads("1e309", math.huge)
reads("1e-400", 0.0)
reads("4.9406564584124654e-324", 0x1p-1074)
reads("2.2250738585072014e-308", 0x1p-1022)
reads("1.7976931348623157e308", 0x1.fffffffffffffp1023)
reads("0.1", 0x1.999999999999ap-4)
reads("123456789012345678", 123456789012345678)
reads("123456789012345678.0", 123456789012345680.0)
reads("9007199254740993.0", 9007199254740992.0)
reads("9007199254740993.00000000000000000000001", 9007199254740994.0)
reads("0." .. ("0"):rep(300) .. "1e301", 1.0)
reads("1" .. ("0"):rep(150) .. "e-150", 1.0)
reads("2e0", 2.0)
reads("1e0000000000000000000000000000001", 10.0)

-- hexadecimal integers wrap around
reads("0x0", 0)
reads("0xA", 10)
reads("0Xa", 10)
reads("0xabcdef", 11259375)
reads("0xABCDEF", 11259375)
reads("0x7fffffffffffffff", MAX)
reads("0x8000000000000000", MIN)
reads("0xffffffffffffffff", -1)
reads("0x10000000000000000", 0)
reads("0x123456789abcdef01", 0x23456789abcdef01)
reads("0x" .. ("0"):rep(100) .. "1", 1)
reads("0x" .. ("f"):rep(100), -1)

-- hexadecimal floats
reads("0x.8", 0.5)
reads("0x8.", 8.0)
reads("0x1.8", 1.5)
reads("0xA.8p0", 10.5)
reads("0x1p4", 16.0)
reads("0x1P4", 16.0)
reads("0x1p+4", 16.0)
reads("0x1p-4", 0.0625)
reads("0x.1p4", 1.0)
reads("0x1.fffffffffffffp1023", 1.7976931348623157e308)
reads("0x1p1024", math.huge)
reads("0x1p-1074", 4.9406564584124654e-324)
reads("0x1p-1080", 0.0)
reads("0x0p12", 0.0)
reads("0xe+1" == "" and "0" or "0xep1", 28.0)
reads("0x" .. ("0"):rep(200) .. ".8", 0.5)
reads("0x." .. ("0"):rep(200) .. "1p804", 1.0)
reads("0x1" .. ("0"):rep(100) .. "p-400", 1.0)
reads("0x10000000000000000.0", 2.0 ^ 64)

-- A minus or plus after a hexadecimal 'e' is an operator.
same(load("return 0xe+1")(), 15, "0xe+1")
same(load("return 0xe-1")(), 13, "0xe-1")
same(load("return 3-1")(), 2, "3-1")
same(load("return 3 .. ''")() == "3" and 1, 1, "3 .. ''")
same(load("local a = {[1]=5} return a[1]-1")(), 4, "subscript")
assert(load("return 1 ..2")() == "12")

-- text that is no numeral: message of the scanner and the token it names
local function malformed(text, near)
  local chunk, message = load("return " .. text, "=t")
  assert(chunk == nil, text)
  local wanted = "t:1: malformed number near '" .. (near or text) .. "'"
  if message ~= wanted then error(("found '%s', wanted '%s'"):format(message, wanted), 2) end
  assert(tonumber(text) == nil, text)
end
malformed("0x")
malformed("0xg")
malformed("0x.")
malformed("0x.p1")
malformed("0xp1")
malformed("0x1p")
malformed("0x1p+")
malformed("0x1pf")
malformed("1e")
malformed("1e+")
malformed("1e-")
malformed("1ee1")
malformed("1x")
malformed("1_000", "1_")
malformed("12abc")
malformed("1.2.3")
malformed("1..2")
malformed("1...")
malformed("3x", "3x")
malformed("0b101")
malformed("08z")
malformed("1e5.5")
malformed("1.5e5e")
malformed("0x1.2.3")
malformed("1e+e")
malformed("0xap1p1")
malformed("5and", "5an")
malformed("1e5a + 2", "1e5a")

-- tonumber of text: what surrounds a numeral
assert(tonumber("") == nil and tonumber(" ") == nil and tonumber("-") == nil and tonumber("+") == nil)
assert(tonumber("- 1") == nil and tonumber("--1") == nil and tonumber("+-1") == nil and tonumber("1 1") == nil)
assert(tonumber("1\0") == nil and tonumber("\0001") == nil and tonumber("1 \0") == nil)
assert(tonumber("inf") == nil and tonumber("nan") == nil and tonumber("infinity") == nil and tonumber("-inf") == nil)
assert(tonumber("0x") == nil and tonumber("x") == nil and tonumber("1,5") == nil and tonumber(".") == nil)
assert(tonumber("e1") == nil and tonumber(".e1") == nil and tonumber("1e 1") == nil and tonumber("0x 1") == nil)
assert(tonumber("1L") == nil and tonumber("1f") == nil and tonumber("0x1.8f") == 0x1.8f and tonumber("1d") == nil)
assert(tonumber(" 0x1p4 ") == 16.0 and tonumber("  -7") == -7 and tonumber("-0x10") == -16)
assert(1 / tonumber("-0.0") == -math.huge and math.type(tonumber("-0")) == "integer")
assert(tonumber(("1"):rep(199)) == tonumber(("1"):rep(199) .. ".0"))
assert(tonumber(("1"):rep(400)) == math.huge)
assert(tonumber(12) == 12 and tonumber(1.5) == 1.5 and tonumber(nil) == nil and tonumber({}) == nil)
assert(tonumber(true) == nil and tonumber(print) == nil)
assert(select("#", tonumber("x")) == 1)
local good, message = pcall(tonumber)
assert(not good and message == "bad argument #1 to 'tonumber' (value expected)", message)

-- tonumber with a base
same(tonumber("10", 2), 2, "base 2")
same(tonumber("-10", 2), -2, "base 2")
same(tonumber(" 11 ", 3), 4, "base 3")
same(tonumber("zz", 36), 35 * 36 + 35, "base 36")
same(tonumber("ZZ", 36), 35 * 36 + 35, "base 36")
same(tonumber("7fffffffffffffff", 16), MAX, "base 16")
same(tonumber("ffffffffffffffff", 16), -1, "base 16")
same(tonumber("1ffffffffffffffff", 16), -1, "base 16")
same(tonumber("-7", 10), -7, "base 10")
same(tonumber(("1"):rep(64), 2), -1, "base 2")
same(tonumber("  -0  ", 8), 0, "base 8")
assert(tonumber("8", 8) == nil and tonumber("", 10) == nil and tonumber("1.0", 10) == nil and tonumber("1e1", 10) == nil)
assert(tonumber("0x10", 16) == nil and tonumber("-", 10) == nil and tonumber("1 1", 10) == nil and tonumber("g", 16) == nil)
assert(tonumber("+5", 10) == nil or tonumber("+5", 10) == 5)
assert(tonumber("1\0", 10) == nil and tonumber("e1", 16) == 225)
local function fails(text, ...)
  local good, message = pcall(...)
  if good or message ~= text then error(("found '%s', wanted '%s'"):format(message, text), 2) end
end
fails("bad argument #2 to 'tonumber' (base out of range)", tonumber, "1", 1)
fails("bad argument #2 to 'tonumber' (base out of range)", tonumber, "1", 37)
fails("bad argument #2 to 'tonumber' (base out of range)", tonumber, "1", MIN)
fails("bad argument #1 to 'tonumber' (string expected, got number)", tonumber, 10, 10)
fails("bad argument #1 to 'tonumber' (string expected, got nil)", tonumber, nil, 10)
fails("bad argument #2 to 'tonumber' (number expected, got string)", tonumber, "10", "x")
fails("bad argument #2 to 'tonumber' (number has no integer representation)", tonumber, "10", 2.5)

-- every value printed with enough digits comes back
for _, value in ipairs {0.1, 1 / 3, 2 / 3, 1e23, 5e-324, 1.7976931348623157e308, 123456789.123456789, 2 ^ 0.5, 1e22, 1e21,
  9007199254740991.0, 0x1.fffffffffffffp-1, 4.35, 0.000001, 1e-7, 123e-7} do
  same(tonumber(("%.17g"):format(value)) + 0.0, value, "%.17g")
  same(tonumber(("%a"):format(value)) + 0.0, value, "%a")
  same(load("return " .. ("%q"):format(value))(), value, "%q")
end
local state = 12345
for _ = 1, 300 do
  state = state * 6364136223846793005 + 1442695040888963407
  local value = string.unpack("<d", string.pack("<i8", state))
  if value == value and value ~= math.huge and value ~= -math.huge then
    same(tonumber(("%.17g"):format(value)) + 0.0, value, "%.17g")
    same(tonumber(("%a"):format(value)) + 0.0, value, "%a")
  end
  same(tonumber(("%d"):format(state)), state, "%d")
  same(tonumber(("0x%x"):format(state)), state, "%x")
end

-- a numeral of 150,000 digits
local long = ("7"):rep(150000)
assert(load("return " .. long)() == math.huge and tonumber("0x" .. ("1"):rep(20000)) == 0x1111111111111111)

-- subtypes survive constant tables: 1 and 1.0, 0.0 and -0.0 are different constants
local function kinds() return 1, 1.0, 0, 0.0, -0.0, 100000, 100000.0, 2 ^ 53, 1 << 53 end
local text = ""
for _, value in ipairs {kinds()} do text = text .. math.type(value):sub(1, 1) end
assert(text == "ififfifff" or text == "ififfiffi", text)
assert(1 / (select(5, kinds())) == -math.huge and 1 / (select(4, kinds())) == math.huge)
print "ok"
