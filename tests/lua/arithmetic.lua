-- Arithmetic, comparison and bitwise operations of the two number subtypes (manual 3.4.1 to 3.4.4).
local check = dofile("support/check.lua")
local fails = check.fails
local MIN, MAX = math.mininteger, math.maxinteger
local INF, NAN = math.huge, 0 / 0

-- Equal in subtype, value and sign of zero; NaN equals NaN here.
local function same(found, wanted)
  local good = math.type(found) == math.type(wanted) and (found == wanted or (found ~= found and wanted ~= wanted))
  if good and found == 0 and math.type(found) == "float" then good = 1 / found == 1 / wanted end
  if not good then
    error(("found %s (%s), wanted %s (%s)"):format(found, math.type(found), wanted, math.type(wanted)), 2)
  end
end


-- The operators as functions of values that no compiler can fold.
local add = function(a, b) return a + b end
local sub = function(a, b) return a - b end
local mul = function(a, b) return a * b end
local div = function(a, b) return a / b end
local idiv = function(a, b) return a // b end
local mod = function(a, b) return a % b end
local pow = function(a, b) return a ^ b end
local band = function(a, b) return a & b end
local bor = function(a, b) return a | b end
local bxor = function(a, b) return a ~ b end
local shl = function(a, b) return a << b end
local shr = function(a, b) return a >> b end
local unm = function(a) return -a end
local bnot = function(a) return ~a end

do -- subtypes of results
  same(add(1, 2), 3)
  same(add(1, 2.0), 3.0)
  same(add(1.0, 2), 3.0)
  same(sub(5, 7), -2)
  same(sub(5.5, 0.5), 5.0)
  same(mul(3, 4), 12)
  same(mul(3, 4.0), 12.0)
  same(div(6, 3), 2.0)
  same(div(7, 2), 3.5)
  same(pow(2, 3), 8.0)
  same(pow(2, -1), 0.5)
  same(pow(2.0, 0.5), 2 ^ 0.5)
  same(idiv(7, 2), 3)
  same(idiv(7, 2.0), 3.0)
  same(idiv(7.5, 2), 3.0)
  same(mod(7, 3), 1)
  same(mod(7, 3.0), 1.0)
  same(unm(5), -5)
  same(unm(5.0), -5.0)
  same(unm(0.0), -0.0)
  same(unm(0), 0)
end

do -- integers wrap around
  same(add(MAX, 1), MIN)
  same(sub(MIN, 1), MAX)
  same(mul(MAX, 2), -2)
  same(mul(MIN, -1), MIN)
  same(mul(MIN, MIN), 0)
  same(mul(MAX, MAX), 1)
  same(unm(MIN), MIN)
  same(mul(1 << 32, 1 << 32), 0)
  same(mul(0x7fffffff, 0x7fffffff), 0x3fffffff00000001)
  same(add(MAX, 1.0), 2.0 ^ 63)
  same(sub(MIN, 1.0), -(2.0 ^ 63))
  same(mul(MIN, -1.0), 2.0 ^ 63)
end

do -- floor division and modulo: signs
  local cases = {
    -- a, b, a // b, a % b
    {7, 3, 2, 1}, {-7, 3, -3, 2}, {7, -3, -3, -2}, {-7, -3, 2, -1},
    {6, 3, 2, 0}, {-6, 3, -2, 0}, {6, -3, -2, 0}, {-6, -3, 2, 0},
    {0, 5, 0, 0}, {0, -5, 0, 0}, {1, 5, 0, 1}, {-1, 5, -1, 4}, {1, -5, -1, -4}, {-1, -5, 0, -1},
    {MIN, -1, MIN, 0}, {MIN, 1, MIN, 0}, {MAX, -1, -MAX, 0}, {MIN, MIN, 1, 0}, {MAX, MIN, -1, -1},
    {MIN, MAX, -2, MAX - 1}, {MIN, 2, MIN // 2, 0}, {MIN + 1, -1, MAX, 0}, {MIN + 1, 2, -(1 << 62), 1},
    {7.5, 2, 3.0, 1.5}, {-7.5, 2, -4.0, 0.5}, {7.5, -2, -4.0, -0.5}, {-7.5, -2, 3.0, -1.5},
    {1, INF, 0.0, 1.0}, {-1, INF, -0.0, INF}, {1, -INF, -0.0, -INF}, {-1, -INF, 0.0, -1.0},
    {5.5, 1, 5.0, 0.5}, {-5.5, 1, -6.0, 0.5}, {1e308, 1e-308, INF, mod(1e308, 1e-308)},
  }
  for _, case in ipairs(cases) do
    same(idiv(case[1], case[2]), case[3])
    same(mod(case[1], case[2]), case[4])
  end
  same(mod(0.0, 1), 0.0)
  same(mod(-0.0, 1), -0.0)
  same(mod(-6.0, 2), -0.0)
  same(mod(6.0, -2), 0.0)
  same(mod(INF, 2), NAN)
  same(mod(NAN, 2), NAN)
  same(mod(2, NAN), NAN)
  same(idiv(NAN, 2), NAN)
  same(idiv(INF, 2), INF)
  same(idiv(-INF, 2), -INF)
  for a = -20, 20 do
    for b = -6, 6 do
      if b ~= 0 then
        same(idiv(a, b) * b + mod(a, b), a)
        same(idiv(a, b), math.floor(a / b))
        same(mod(a, b) + 0.0, mod(a + 0.0, b) + 0.0)
        assert(mod(a, b) == 0 or (mod(a, b) < 0) == (b < 0))
      end
    end
  end
end

do -- zero as divisor
  fails("attempt to divide by zero", idiv, 1, 0)
  fails("attempt to divide by zero", idiv, MIN, 0)
  fails("attempt to divide by zero", idiv, 0, 0)
  fails("attempt to perform 'n%0'", mod, 1, 0)
  fails("attempt to perform 'n%0'", mod, 0, 0)
  fails("attempt to divide by zero", function(a) return a // 0 end, 4)
  fails("attempt to perform 'n%0'", function(a) return a % 0 end, 4)
  fails("attempt to divide by zero", function() return 4 // 0 end)
  fails("attempt to perform 'n%0'", function() return 4 % 0 end)
  same(div(1, 0), INF)
  same(div(-1, 0), -INF)
  same(div(1, -0.0), -INF)
  same(div(0, 0), NAN)
  same(idiv(1, 0.0), INF)
  same(idiv(-1, 0.0), -INF)
  same(idiv(1.0, 0), INF)
  same(idiv(0, 0.0), NAN)
  same(mod(1, 0.0), NAN)
  same(mod(1.0, 0), NAN)
  same(1 // 0.0, INF)
  same(1 // -0.0, -INF)
  same(0.0 / -1, -0.0)
end

do -- power
  same(pow(0, 0), 1.0)
  same(pow(NAN, 0), 1.0)
  same(pow(1, NAN), 1.0)
  same(pow(-8, 1 / 3), NAN)
  same(pow(-2, 3), -8.0)
  same(pow(2, 1024), INF)
  same(pow(2, -1074), 0x1p-1074)
  same(pow(2, -1080), 0.0)
  same(pow(10, 2), 100.0)
  same(pow(7, 2), 49.0)
  same(-2 ^ 2, -4.0)
  same(2 ^ -2, 0.25)
  same(2 ^ 3 ^ 2, 512.0)
  same(pow(INF, -1), 0.0)
  same(pow(-INF, -1), -0.0)
end

do -- precedence and associativity
  local a, b, c = 2, 3, 4
  same(a + b * c, 14)
  same((a + b) * c, 20)
  same(a - b - c, -5)
  same(c / a / a, 1.0)
  same(a ^ b ^ a, 512.0)
  same(-a ^ a, -4.0)
  assert((not a == b) == false)
  assert((not (a == b)) == true)
  assert(a .. b .. c == "234")
  assert(a + b .. c == "54")
  same(1 << a + b, 32)
  same(1 | 2 & 3 ~ 6, 1 | ((2 & 3) ~ 6))
  same(5 & 3 << 1, 5 & (3 << 1))
  same(~0 >> 60, (~0) >> 60)
  same(- -a, 2)
  same(-~a, 3)
  same(~-a, 1)
  assert(a < b == true and not (a > b))
  assert((1 .. 2) == "12" and (1.0 .. "") == "1.0" and -0.0 .. "" == "-0.0")
  assert((nil and 1) == nil and (false or nil) == nil and (1 and 2) == 2 and (nil or false) == false)
  assert(1 or error() and error())
  same(2 * 3 % 4, 2)
  same(7 // 2 * 2, 6)
  same(1 ~ 2 | 4, 7)
  assert("a" .. "b" == "ab" and 2 .. 3 == "23")
end

do -- comparison within and across the subtypes
  assert(1 == 1.0 and not (1 ~= 1.0) and 0 == -0.0 and -0.0 == 0.0)
  assert(1 < 1.5 and 1.5 < 2 and not (2 < 1.5) and 1 <= 1.0 and 1.0 <= 1 and not (1 < 1.0))
  local border = 1 << 53
  local exact = 2.0 ^ 53
  assert(border == exact and border + 1 ~= exact and not (border + 1 == exact))
  assert(exact < border + 1 and not (border + 1 <= exact) and border + 1 > exact and border - 1 < exact)
  assert(-border == -exact and -border - 1 < -exact and -exact > -border - 1 and not (-exact <= -border - 1))
  for shift = 50, 62 do
    local integer, float = 1 << shift, 2.0 ^ shift
    assert(integer == float and integer <= float and integer >= float and not (integer < float))
    assert(integer + 1 > float and float < integer + 1 and integer - 1 < float and float > integer - 1)
    assert(-integer == -float and -integer - 1 < -float and -float < -integer + 1)
    assert((integer + 1 == float) == false and (float == integer - 1) == false)
  end
  assert(MAX < 2.0 ^ 63 and MAX <= 2.0 ^ 63 and 2.0 ^ 63 > MAX and MAX ~= 2.0 ^ 63 and not (2.0 ^ 63 <= MAX))
  assert(MAX + 0.0 == 2.0 ^ 63 and MAX + 0.0 > MAX)
  assert(MIN == -(2.0 ^ 63) and MIN <= -(2.0 ^ 63) and not (MIN < -(2.0 ^ 63)) and -(2.0 ^ 63) >= MIN)
  assert(MIN > -(2.0 ^ 63) * 1.5 and MIN > -INF and MAX < INF and -INF < MIN and INF > MAX)
  assert(not (MIN <= -INF) and not (MAX >= INF) and not (INF <= MAX) and not (-INF >= MIN))
  for _, number in ipairs {0, 1, -1, MAX, MIN, 0.0, 1.5, INF, -INF, NAN} do
    assert(not (number < NAN) and not (number <= NAN) and not (number > NAN) and not (number >= NAN))
    assert(not (NAN < number) and not (NAN <= number) and not (NAN > number) and not (NAN >= number))
    assert(number ~= NAN and not (number == NAN))
  end
  assert(1 < 1.1 and 1 <= 1.1 and not (1 >= 1.1) and -1 > -1.1 and -1 >= -1.1 and not (-1 <= -1.1))
  assert("a" < "b" and "a" <= "a" and "" < "a" and "a" < "aa" and "Z" < "a" and "a\0a" < "a\0b" and "a" < "a\0")
  assert(not ("a\0b" == "a\0c") and "10" < "9" and "1" ~= 1)
  -- against constants that fit an instruction, and that do not
  local n = 5
  assert(n == 5 and n ~= 6 and n < 6 and n <= 5 and n > 4 and n >= 5 and 4 < n and 5 <= n and 6 > n and 5 >= n)
  assert(n == 5.0 and n < 5.5 and n < 1000000 and n > -1000000 and n <= 128 and n >= -127 and n < 6.0 and n > 4.0)
  local f = 5.0
  assert(f == 5 and f ~= 6 and f < 6 and f <= 5 and f > 4 and f >= 5 and 4 < f and 5 <= f and 6 > f and 5 >= f)
  local x = NAN
  assert(not (x == 5) and x ~= 5 and not (x < 5) and not (x <= 5) and not (x > 5) and not (x >= 5) and not (5 < x))
end

do -- bitwise operators
  same(band(0xff, 0x0f), 0x0f)
  same(bor(0xf0, 0x0f), 0xff)
  same(bxor(0xff, 0x0f), 0xf0)
  same(bnot(0), -1)
  same(bnot(-1), 0)
  same(bnot(MAX), MIN)
  same(band(-1, MIN), MIN)
  same(band(3.0, 6), 2)
  -- strings are not converted, whatever they hold
  for _, text in ipairs {"3", " 7 ", "0x10", "1e1", "2.0", "1.5", "", "x"} do
    fails("attempt to perform bitwise operation on a string value (local 'a')", band, text, 1)
    fails("attempt to perform bitwise operation on a string value (local 'b')", bor, 1, text)
    fails("attempt to perform bitwise operation on a string value (local 'a')", bnot, text)
    fails("attempt to perform bitwise operation on a string value (local 'a')", shl, text, text)
    fails("attempt to perform bitwise operation on a string value (local 'b')", shr, 1.0, text)
  end
  same(band(2.0 ^ 53, -1), 1 << 53)
  same(bor(-(2.0 ^ 63), 0), MIN)
  fails("number (local 'a') has no integer representation", band, 1.5, 1)
  fails("number (local 'a') has no integer representation", bor, 2.0 ^ 63, 1)
  fails("number (local 'a') has no integer representation", bxor, INF, 1)
  fails("number (local 'a') has no integer representation", shl, NAN, 1)
  fails("number (local 'a') has no integer representation", bnot, 0.5)
  fails("attempt to perform bitwise operation on a string value (local 'a')", band, "x", 1)
  fails("attempt to perform bitwise operation on a nil value (local 'b')", band, 1, nil)
  fails("attempt to perform bitwise operation on a table value (local 'a')", bnot, {})
end

do -- shifts
  same(shl(1, 0), 1)
  same(shl(1, 63), MIN)
  same(shl(1, 64), 0)
  same(shl(1, 1000), 0)
  same(shl(-1, MAX), 0)
  same(shl(-1, MIN), 0)
  same(shr(-1, MAX), 0)
  same(shr(-1, MIN), 0)
  same(shr(-1, 1), MAX)
  same(shr(-1, 63), 1)
  same(shr(-1, 64), 0)
  same(shl(-1, -1), MAX)
  same(shr(1, -63), MIN)
  same(shr(1, -64), 0)
  same(shl(MIN, -63), 1)
  same(shl(MIN, -64), 0)
  same(shl(2, 3.0), 16)
  local n = 12
  same(n << 1, 24)
  same(n >> 1, 6)
  same(n << -1, 6)
  same(n >> -1, 24)
  same(1 << n, 4096)
  same(0xffff >> n, 15)
  same(-1 >> n, (1 << 52) - 1)
  same(n << 64, 0)
  same(n >> 64, 0)
  same(n << 100, 0)
  for shift = -70, 70 do
    same(shl(0x1234567890abcdef, shift), shr(0x1234567890abcdef, -shift))
    if shift >= 0 and shift < 63 then same(shl(3, shift), math.tointeger(mul(3, 1 << shift))) end
  end
end

do -- strings as operands of arithmetic
  same(add("10", 1), 11)
  same(add("10", "5"), 15)
  same(add("10.0", 1), 11.0)
  same(add("0x10", 1), 17)
  same(sub(10, "3"), 7)
  same(mul("3", "4"), 12)
  same(div("6", "3"), 2.0)
  same(idiv("7", 2), 3)
  same(mod("-7", 3), 2)
  same(pow("2", 3), 8.0)
  same(unm("2"), -2)
  same(unm("2.0"), -2.0)
  same(unm("-0x10"), 16)
  same(unm("0"), 0)
  same(add("  10  ", "\t1\n"), 11)
  same(add("1e1", 0), 10.0)
  same(add("9223372036854775807", 1), MIN)
  same(add("9223372036854775808", 0), 2.0 ^ 63)
  fails("attempt to add a 'string' with a 'number'", add, "abc", 1)
  fails("attempt to add a 'number' with a 'string'", add, 1, "0x")
  fails("attempt to add a 'string' with a 'number'", add, "", 1)
  fails("attempt to add a 'string' with a 'number'", add, "1 2", 1)
  fails("attempt to add a 'string' with a 'number'", function() return "q" + 1 end)
  fails("attempt to divide by zero", idiv, "1", "0")
  fails("attempt to perform arithmetic on a nil value (local 'a')", add, nil, 1)
  fails("attempt to add a 'string' with a 'table'", add, "1", {})
  fails("attempt to add a 'table' with a 'string'", add, {}, "1")
  fails("attempt to perform arithmetic on a boolean value (local 'a')", unm, true)
  assert(not pcall(add, "nan", 1) and not pcall(add, "inf", 1) and not pcall(add, "1e", 1))
  -- the string metamethods are ordinary ones
  local meta = getmetatable("")
  assert(type(meta.__add) == "function" and type(meta.__unm) == "function" and meta.__concat == nil)
  assert(meta.__band == nil and meta.__lt == nil)
  same(meta.__add("1", 2), 3)
  local old = meta.__mul
  meta.__mul = function(a, b) return "times " .. a .. b end
  assert("a" * "b" == "times ab" and "a" * 3 == "times a3" and 3 * "a" == "times 3a")
  meta.__mul = old
  same("2" * "3", 6)
end

do -- conversion to and from strings
  assert(tostring(1e15) == "1e+15" and tostring(1e14) == "1e+14" and tostring(123456.0) == "123456.0")
  assert(tostring(-0.0) == "-0.0" and tostring(1e100) == "1e+100" and tostring(0.1) == "0.1")
  assert(tostring(3.14159265358979) == "3.1415926535898" and tostring(2 ^ 53) == "9.007199254741e+15")
  assert(tostring(INF) == "inf" and tostring(-INF) == "-inf" and tostring(MIN) == "-9223372036854775808")
  assert(1 .. "" == "1" and 1.5 .. "" == "1.5" and -1.0 .. "" == "-1.0" and 2 ^ 63 .. "" == "9.2233720368548e+18")
  assert(math.tointeger("8") == nil or math.tointeger("8") == 8)
  assert(math.tointeger(8.0) == 8 and math.tointeger(8.5) == nil and math.tointeger(2.0 ^ 63) == nil)
  same(tonumber("0x7fffffffffffffff"), MAX)
  same(tonumber("-0x8000000000000000"), MIN)
  same(tonumber("1" .. ("0"):rep(30)), 1e30)
end

do -- folding by the compiler gives what running gives
  local function both(expression)
    local folded = assert(load("return " .. expression))()
    local plain = assert(load("local a, b = " .. expression:gsub("%s(%S+)%s", ", ") .. " return a, b"))
    local a, b = plain()
    local operator = expression:match("%s(%S+)%s")
    same(assert(load("local a, b = ... return a " .. operator .. " b"))(a, b), folded)
  end
  for _, operator in ipairs {"+", "-", "*", "/", "//", "%", "^"} do
    for _, pair in ipairs {{"7", "3"}, {"-7", "3"}, {"7.5", "-3"}, {"0.0", "5"}, {"1e308", "1e308"}, {"5", "0.0"},
      {"0x7fffffffffffffff", "2"}, {"0", "-1"}, {"0.0", "-1"}} do
      both(pair[1] .. " " .. operator .. " " .. pair[2])
    end
  end
  for _, operator in ipairs {"&", "|", "~", "<<", ">>"} do
    for _, pair in ipairs {{"7", "3"}, {"-7", "3"}, {"7.0", "62"}, {"-1", "64"}, {"1", "-1"}} do
      both(pair[1] .. " " .. operator .. " " .. pair[2])
    end
  end
  same(-0.0, 0.0 * -1)
  same(1 / -0.0, -INF)
  local zero <const> = 0.0
  same(-zero, -0.0)
  same(0 * -1, 0)
end

do -- operands that are constants on either side, small and large, integer and float
  local n, f = 10, 10.0
  same(n + 1, 11) same(1 + n, 11) same(n - 1, 9) same(1 - n, -9) same(n * 2, 20) same(2 * n, 20)
  same(n + 1.5, 11.5) same(1.5 + n, 11.5) same(n - 1.5, 8.5) same(1.5 - n, -8.5)
  same(n + 1000000, 1000010) same(1000000 - n, 999990) same(n - 1000000, -999990)
  same(n + -1, 9) same(n - -1, 11) same(n - 127, -117) same(n - 128, -118) same(n + 127, 137) same(n + 128, 138)
  same(n / 4, 2.5) same(25 / n, 2.5) same(n // 3, 3) same(33 // n, 3) same(n % 3, 1) same(33 % n, 3)
  same(n ^ 2, 100.0) same(2 ^ n, 1024.0)
  same(f + 1, 11.0) same(1 + f, 11.0) same(f - 1, 9.0) same(1 - f, -9.0) same(f * 2, 20.0) same(f // 3, 3.0)
  same(f % 3, 1.0) same(33 % f, 3.0) same(n & 3, 2) same(3 & n, 2) same(f & 3, 2) same(n | 5, 15) same(5 ~ n, 15)
  same(MAX - n + n, MAX)
  same("10" + 1, 11) same(1 + "10", 11) same("10" * 2.0, 20.0)
end

print "ok"
