-- lua-messagepack: numbers of every width, strings, arrays, maps and streams there and back.
local support = dofile("support/prelude.lua")
local mp = require("MessagePack")
local random = support.random(99)

local function hex(text) return (text:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end

for _, value in ipairs {0, 1, 127, 128, 255, 256, 65535, 65536, 1 << 31, (1 << 32) - 1, 1 << 32, math.maxinteger, -1, -32, -33, -128, -129, -32768, -32769, -(1 << 31),
  -(1 << 31) - 1, math.mininteger, 0.5, -1.25, 1e300, 1 / 0, -1 / 0, 3.14, true, false, "", "a", ("x"):rep(31), "äöü"} do
  local packed = mp.pack(value)
  print(value, hex(packed):sub(1, 40), mp.unpack(packed) == value, math.type(mp.unpack(packed)))
end
print(hex(mp.pack(nil)), mp.unpack(mp.pack(nil)), hex(mp.pack({})), hex(mp.pack({1, {2, {3}}})), hex(mp.pack({a = 1})))
for _, size in ipairs {32, 255, 256, 65535, 65536, 200000} do
  local text = ("0123456789"):rep(size // 10 + 1):sub(1, size)
  local packed = mp.pack(text)
  print(size, #packed, hex(packed:sub(1, 6)), mp.unpack(packed) == text)
end

local function make(depth)
  local kind = random(1, depth > 4 and 4 or 6)
  if kind == 1 then return random(-(1 << 30), 1 << 30) end
  if kind == 2 then return random(-1000000, 1000000) / 64 end
  if kind == 3 then return ("s"):rep(random(0, 40)) .. random(0, 99) end
  if kind == 4 then return random(0, 1) == 1 end
  local result = {}
  for i = 1, random(1, 9) do
    if kind == 5 then result[i] = make(depth + 1) else result["k" .. random(0, 50)] = make(depth + 1) end
  end
  return result
end

local bytes, good = 0, 0
for _ = 1, 3000 do
  local value = make(0)
  local packed = mp.pack(value)
  bytes = bytes + #packed
  if support.equal(mp.unpack(packed), value) then good = good + 1 end
end
print("random values", bytes, good)
local list = {}
for i = 1, 60000 do list[i] = i * (i % 2 == 0 and 1 or 0.5) end
local packed = mp.pack(list)
print(#packed, support.checksum(packed), support.equal(mp.unpack(packed), list))

local stream = mp.pack(1) .. mp.pack("two") .. mp.pack({3}) .. mp.pack(false)
for position, value in mp.unpacker(stream) do print(position, type(value) == "table" and value[1] or value) end
print(pcall(mp.unpack, "\x92\x01"))
print(pcall(mp.unpack, "\xc1"))
print(pcall(mp.unpack, 5))
print(pcall(mp.pack, print))
for _, setting in ipairs {"without_hole", "with_hole", "always_as_map"} do
  mp.set_array(setting)
  print(setting, hex(mp.pack({1, 2, 3})))
end
mp.set_number("float")
print(hex(mp.pack(1.5)), mp.unpack(mp.pack(0.1)))
print("ok")
