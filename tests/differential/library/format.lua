-- Random specifications with random values: string.format, tostring, `..` and tonumber must give what stock Lua gives, errors
-- included.
local Random = dofile("random.lua")
local random = Random.new(61)

local function random_float()
  local kind = random:range(1, 8)
  if kind == 1 then return string.unpack("d", string.pack("i8", random:bits())) end
  if kind == 2 then return random:range(0, 1000000) / 100 end
  if kind == 3 then return random:range(-1000, 1000) / 8 end
  if kind == 4 then return random:pick {0.0, -0.0, 1 / 0, -1 / 0, 1e15, 1e100, 5e-324, 0.1, 123456789.125, 2.5, 1e14, 1e16} end
  if kind == 5 then return 10.0 ^ random:range(-30, 30) end
  if kind == 6 then return random:range(1, 99) * 10.0 ^ random:range(-8, 18) end
  if kind == 7 then return (random:bits() >> random:range(1, 63)) * 1.0 end
  return random:range(1, 1000000) / random:range(1, 1000)
end

local function random_integer()
  return random:pick {random:range(-20, 20), random:bits(), random:bits() >> random:range(0, 63), math.maxinteger, math.mininteger, 0}
end

local texts = {"", "a", "some text", ("x"):rep(99), ("long "):rep(30), "with\0zero", "12", "0x10", " 3.5 ", "1e2", "\"quoted\"\n\\"}
local function random_value()
  local kind = random:range(1, 10)
  if kind <= 4 then return random_float() end
  if kind <= 7 then return random_integer() end
  if kind <= 9 then return random:pick(texts) end
  return random:pick {true, false}
end

local letters = {"d", "d", "i", "u", "c", "x", "X", "o", "e", "E", "f", "f", "f", "g", "g", "G", "a", "A", "s", "s", "q", "%", "F", "y", ""}
local function random_specification()
  local flags = {}
  for i = 1, random:pick {0, 0, 0, 1, 1, 2, 3} do flags[i] = random:pick {"-", "+", " ", "#", "0"} end
  local width = random:chance(40) and tostring(random:pick {1, 5, 8, 12, 20, 99, 100}) or ""
  local precision = random:chance(50) and "." .. random:pick {"", "0", "1", "2", "3", "5", "10", "14", "17", "20", "99", "100"} or ""
  return "%" .. table.concat(flags) .. width .. precision .. random:pick(letters)
end

for _ = 1, 20000 do
  local format, values = {}, {}
  for i = 1, random:pick {1, 1, 2} do
    format[i] = random:pick {"", "<", "100%% "} .. random_specification()
    if not random:chance(2) then values[i] = random_value() end
  end
  format = table.concat(format)
  print(format, pcall(string.format, format, table.unpack(values)))
  local x, y = random_float(), random_integer()
  print(x, y, x .. y, y .. "|" .. x .. "|" .. random:pick(texts), -x .. "")
  local text = random:pick {"%.14g", "%.17g", "%.3f", "%.20e", "%d.", "%a", "%.30f"}
  text = text:format(text == "%d." and y or x)
  print(text, tonumber(text), pcall(tonumber, text, random:pick {10, 16, 36, 2}), pcall(function() return text + 0 end))
end
print("ok")
