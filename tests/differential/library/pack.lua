-- Random formats with random values through string.pack, packsize and unpack; random bytes unpacked.   pack.lua [SEED [COUNT]]
local Random = dofile("random.lua")
local random = Random.new(tonumber(arg[1]) or 86)
local COUNT <const> = tonumber(arg[2]) or 5000

local OPTIONS <const> = {"b", "B", "h", "H", "i", "I", "l", "L", "j", "J", "T", "f", "d", "n", "s", "z", "x", "X", " ", "<", ">", "=", "!", "c", "y", "i0", "i17", "!3", "c0"}

local function format()
  local parts = {}
  for i = 1, random:range(1, 6) do
    local option = random:pick(OPTIONS)
    if option:find("^[iIs!c]$") and random:chance(60) then option = option .. random:range(1, option == "c" and 12 or 16) end
    if option == "X" then option = option .. random:pick {"b", "h", "i", "i4", "d", "j", "X", "z", "", "i16", "!"} end
    parts[i] = option
  end
  return table.concat(parts)
end

local function value()
  return random:pick {random:range(-130, 130), random:range(-40000, 70000), random:bits(), random:bits() >> random:range(1, 60), random:range(-9, 9) / 4, 1e300, "text", "", "a\0b", "a longer text than that",
    "12", 3.0, math.mininteger, math.maxinteger}
end

local function show(...)
  local list = table.pack(...)
  for i = 1, list.n do list[i] = type(list[i]) == "string" and ("%q"):format(list[i]) or math.type(list[i]) == "float" and ("%a"):format(list[i]):gsub("%-nan", "nan") or tostring(list[i]) end
  return table.concat(list, " ")
end

for number = 1, COUNT do
  local spec, values = format(), {}
  for i = 1, 7 do values[i] = value() end
  print(number, spec, show(table.unpack(values)))
  local ok, packed = pcall(string.pack, spec, table.unpack(values))
  print(show(ok, packed), show(pcall(string.packsize, spec)))
  if ok then
    print(show(pcall(string.unpack, spec, packed)), show(pcall(string.unpack, spec, packed, random:range(-12, 12))))
    print(show(pcall(string.unpack, format(), packed, random:range(1, 5))))
  end
end
print("ok")
