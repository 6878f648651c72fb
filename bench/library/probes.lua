-- Small programs, one for each corner of the libraries: `probes.lua NAME` runs one, prints the processor seconds that it
-- took and a checksum; `probes.lua` lists the names. run.lua beside this file compares binaries.
local probes, order = {}, {}

local function probe(name, body)
  probes[name] = body
  order[#order + 1] = name
end

local seed = 42
local function random(limit)
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  return (seed >> 8) % limit + 1
end

local words = {}
for i = 1, 200 do
  local letters = {}
  for j = 1, random(9) do letters[j] = string.char(96 + random(26)) end
  words[i] = table.concat(letters)
end
local function make_text(count)
  local picked = {}
  for i = 1, count do picked[i] = words[random(#words)] end
  return table.concat(picked, " ")
end

-- Numbers and text

probe("tostring integer", function()
  local sum = 0
  for i = 1, 800000 do sum = sum + #tostring(i * 7919) end
  return sum
end)

probe("tostring float", function()
  local sum = 0
  for i = 1, 300000 do sum = sum + #tostring(i * 0.37) end
  return sum
end)

probe("tostring float full", function()
  local sum = 0
  for i = 1, 300000 do sum = sum + #tostring(1 / i) end
  return sum
end)

probe("tonumber integer", function()
  local texts, sum = {}, 0
  for i = 1, 1000 do texts[i] = tostring(i * 7919) end
  for _ = 1, 800 do
    for i = 1, 1000 do sum = sum + tonumber(texts[i]) end
  end
  return sum
end)

probe("tonumber float", function()
  local texts, sum = {}, 0
  for i = 1, 1000 do texts[i] = string.format("%.14g", 1 / i) end
  for _ = 1, 500 do
    for i = 1, 1000 do sum = sum + tonumber(texts[i]) end
  end
  return sum
end)

probe("tonumber float 17", function()
  local texts, sum = {}, 0
  for i = 1, 1000 do texts[i] = string.format("%.17g", math.sqrt(i) * 1e30) end
  for _ = 1, 300 do
    for i = 1, 1000 do sum = sum + tonumber(texts[i]) end
  end
  return sum
end)

probe("format %d %s", function()
  local sum = 0
  for i = 1, 300000 do sum = sum + #string.format("%d: %s=%5d", i, "key", i & 1023) end
  return sum
end)

probe("format %.2f", function()
  local sum = 0
  for i = 1, 400000 do sum = sum + #string.format("%.2f", i * 0.37) end
  return sum
end)

probe("format %g", function()
  local sum = 0
  for i = 1, 400000 do sum = sum + #string.format("%g", i * 0.37) end
  return sum
end)

probe("format %.14g", function()
  local sum = 0
  for i = 1, 300000 do sum = sum + #string.format("%.14g", i / 7) end
  return sum
end)

probe("format %.17g", function()
  local sum = 0
  for i = 1, 300000 do sum = sum + #string.format("%.17g", i / 7) end
  return sum
end)

probe("format %x %c", function()
  local sum = 0
  for i = 1, 400000 do sum = sum + #string.format("%02x%c%X", i & 255, 65 + i % 26, i) end
  return sum
end)

probe("format %5.1f %-10s", function()
  local sum = 0
  for i = 1, 300000 do sum = sum + #string.format("%8.3f|%-10s|%05d", i / 3, "ab", i) end
  return sum
end)

-- Joining

probe("concat two", function()
  local sum = 0
  local names = {}
  for i = 1, 100 do names[i] = "name" .. i end
  for i = 1, 1500000 do sum = sum + #(names[i % 100 + 1] .. ":x") end
  return sum
end)

probe("concat string number", function()
  local sum = 0
  for i = 1, 800000 do sum = sum + #("key" .. i) end
  return sum
end)

probe("concat many", function()
  local sum = 0
  for i = 1, 500000 do sum = sum + #("a" .. i .. "," .. (i + 1) .. ";" .. "some longer text at the end") end
  return sum
end)

probe("concat float", function()
  local sum = 0
  for i = 1, 300000 do sum = sum + #("v=" .. i * 0.25) end
  return sum
end)

probe("append long", function()
  local text = ""
  for i = 1, 20000 do text = text .. "line of text\n" end
  return #text
end)

probe("table.concat", function()
  local sum = 0
  local parts = {}
  for i = 1, 1000 do parts[i] = words[i % 200 + 1] end
  for i = 1, 2000 do sum = sum + #table.concat(parts, ", ") end
  return sum
end)

probe("table.concat numbers", function()
  local sum = 0
  local parts = {}
  for i = 1, 1000 do parts[i] = i * 31 end
  for i = 1, 500 do sum = sum + #table.concat(parts, " ") end
  return sum
end)

probe("table.concat small", function()
  local sum = 0
  for i = 1, 500000 do sum = sum + #table.concat({"a", "bc", "def"}, ",") end
  return sum
end)

-- Bytes

probe("byte", function()
  local text, sum = make_text(200), 0
  for _ = 1, 2500 do
    for i = 1, 1000 do sum = sum + text:byte(i) end
  end
  return sum
end)

probe("byte range", function()
  local text, sum = make_text(200), 0
  for _ = 1, 2500 do
    for i = 1, 1000, 8 do
      local a, b, c, d = text:byte(i, i + 3)
      sum = sum + a + b + c + d
    end
  end
  return sum
end)

probe("char", function()
  local sum = 0
  for i = 1, 2000000 do sum = sum + #string.char(i & 255) end
  return sum
end)

probe("char four", function()
  local sum = 0
  for i = 1, 1000000 do sum = sum + #string.char(i & 255, i >> 8 & 255, i >> 16 & 255, 7) end
  return sum
end)

probe("sub one", function()
  local text, sum = make_text(200), 0
  for _ = 1, 2000 do
    for i = 1, 1000 do
      if text:sub(i, i) == "a" then sum = sum + 1 end
    end
  end
  return sum
end)

probe("sub", function()
  local text, sum = make_text(200), 0
  for _ = 1, 1500 do
    for i = 1, 1000 do sum = sum + #text:sub(i, i + 7) end
  end
  return sum
end)

probe("rep reverse upper", function()
  local sum = 0
  for i = 1, 200000 do
    local text = ("ab"):rep(10)
    sum = sum + #text:reverse() + #text:upper() + #text:lower()
  end
  return sum
end)

probe("upper long", function()
  local text, sum = make_text(20000), 0
  for i = 1, 100 do sum = sum + #text:upper() + #text:reverse() end
  return sum
end)

probe("len method", function()
  local text, sum = "some text", 0
  for i = 1, 3000000 do sum = sum + text:len() end
  return sum
end)

-- Patterns

probe("find plain", function()
  local text, sum = make_text(2000) .. "needle in the haystack", 0
  for i = 1, 20000 do sum = sum + text:find("needle", 1, true) + text:find("haystack") end
  return sum
end)

probe("find short", function()
  local sum = 0
  for i = 1, 800000 do sum = sum + (("key = value"):find("=", 1, true)) end
  return sum
end)

probe("find pattern", function()
  local sum = 0
  for i = 1, 500000 do sum = sum + (("   key = value"):find("%S+")) end
  return sum
end)

probe("match captures", function()
  local sum = 0
  for i = 1, 300000 do
    local key, value = ("name = value123"):match("^(%w+)%s*=%s*(%w+)$")
    sum = sum + #key + #value
  end
  return sum
end)

probe("match fail", function()
  local text, sum = make_text(300), 0
  for i = 1, 1000 do
    if not text:match("[0-9]+") then sum = sum + 1 end
    if not text:match("q+%d") then sum = sum + 1 end
  end
  return sum
end)

probe("match lazy", function()
  local text, sum = "<b>bold</b> and <i>italic text that is longer</i>", 0
  for i = 1, 200000 do sum = sum + #text:match("<i>(.-)</i>") end
  return sum
end)

probe("gmatch words", function()
  local text, sum = make_text(20000), 0
  for _ = 1, 20 do
    for word in text:gmatch("%a+") do sum = sum + #word end
  end
  return sum
end)

probe("gmatch pairs", function()
  local parts, sum = {}, 0
  for i = 1, 5000 do parts[i] = words[i % 200 + 1] .. "=" .. i end
  local text = table.concat(parts, "&")
  for _ = 1, 30 do
    for key, value in text:gmatch("([^&=]+)=([^&=]*)") do sum = sum + #key + #value end
  end
  return sum
end)

probe("gsub string", function()
  local text, sum = make_text(20000), 0
  for _ = 1, 20 do sum = sum + #text:gsub("e", "EE") end
  return sum
end)

probe("gsub captures", function()
  local text, sum = make_text(10000), 0
  for _ = 1, 20 do sum = sum + #text:gsub("(%w+) (%w+)", "%2 %1") end
  return sum
end)

probe("gsub function", function()
  local text, sum = make_text(10000), 0
  for _ = 1, 20 do sum = sum + #text:gsub("%a+", function(word) return word .. "!" end) end
  return sum
end)

probe("gsub table", function()
  local text, sum = make_text(10000), 0
  local map = {}
  for i = 1, 100 do map[words[i]] = "#" .. i end
  for _ = 1, 20 do sum = sum + #text:gsub("%a+", map) end
  return sum
end)

probe("gsub trim", function()
  local sum = 0
  for i = 1, 200000 do sum = sum + #(("  text with spaces  "):gsub("^%s+", ""):gsub("%s+$", "")) end
  return sum
end)

probe("gsub every byte", function()
  local text, sum = make_text(10000), 0
  for _ = 1, 5 do sum = sum + #text:gsub(".", function(c) return string.format("%02x", c:byte()) end) end
  return sum
end)

-- Tables

probe("insert remove", function()
  local list, sum = {}, 0
  for _ = 1, 20 do
    for i = 1, 50000 do table.insert(list, i) end
    for i = 1, 50000 do sum = sum + table.remove(list) end
  end
  return sum
end)

probe("insert front", function()
  local list = {}
  for i = 1, 8000 do table.insert(list, 1, i) end
  local sum = 0
  for i = 1, 8000 do sum = sum + table.remove(list, 1) * i end
  return sum
end)

probe("unpack", function()
  local list, sum = {1, 2, 3, 4, 5}, 0
  local unpack = table.unpack
  for i = 1, 1500000 do
    local a, b, c, d, e = unpack(list)
    sum = sum + a + e
  end
  return sum
end)

probe("pack select", function()
  local function count(...)
    local sum = 0
    for i = 1, select("#", ...) do sum = sum + (select(i, ...)) end
    return sum + table.pack(...).n
  end
  local sum = 0
  for i = 1, 200000 do sum = sum + count(i, 2, 3, 4) end
  return sum
end)

probe("move", function()
  local list = {}
  for i = 1, 1000 do list[i] = i end
  local sum = 0
  for i = 1, 5000 do sum = sum + table.move(list, 1, 999, 2, {})[500] end
  return sum
end)

probe("sort numbers", function()
  local list = {}
  for i = 1, 200000 do list[i] = random(1 << 22) end
  table.sort(list)
  return list[1] + list[100000]
end)

probe("sort floats", function()
  local list = {}
  for i = 1, 200000 do list[i] = random(1 << 22) / 3 end
  table.sort(list)
  return list[100000]
end)

probe("sort strings", function()
  local list = {}
  for i = 1, 100000 do list[i] = words[random(200)] .. random(1000) end
  table.sort(list)
  return list[1] .. list[50000]
end)

probe("sort comparator", function()
  local list = {}
  for i = 1, 100000 do list[i] = random(1 << 22) end
  table.sort(list, function(a, b) return a > b end)
  return list[1] + list[50000]
end)

-- Basics

probe("pairs next", function()
  local map, sum = {}, 0
  for i = 1, 1000 do map["k" .. i] = i end
  for _ = 1, 2000 do
    for k, v in pairs(map) do sum = sum + v end
  end
  return sum
end)

probe("ipairs", function()
  local list, sum = {}, 0
  for i = 1, 1000 do list[i] = i end
  for _ = 1, 3000 do
    for i, v in ipairs(list) do sum = sum + v end
  end
  return sum
end)

probe("next call", function()
  local map, sum = {}, 0
  for i = 1, 1000 do map["k" .. i] = i end
  for _ = 1, 1000 do
    local k, v = next(map)
    while k do
      sum = sum + v
      k, v = next(map, k)
    end
  end
  return sum
end)

probe("type", function()
  local sum = 0
  for i = 1, 3000000 do if type(i) == "number" then sum = sum + 1 end end
  return sum
end)

probe("rawget rawset", function()
  local map, sum = {x = 1}, 0
  for i = 1, 1500000 do
    rawset(map, "x", i)
    sum = sum + rawget(map, "x")
  end
  return sum
end)

probe("setmetatable", function()
  local meta, sum = {__index = {}}, 0
  for i = 1, 800000 do sum = sum + #setmetatable({i}, meta) end
  return sum
end)

probe("assert pcall", function()
  local sum = 0
  local function work(i) return assert(i, "message") end
  for i = 1, 1000000 do
    local _, v = pcall(work, i)
    sum = sum + v
  end
  return sum
end)

probe("math.floor", function()
  local sum = 0
  for i = 1, 2500000 do sum = sum + math.floor(i * 0.5) end
  return sum
end)

probe("math.max min", function()
  local sum = 0
  for i = 1, 1500000 do sum = sum + math.max(i, 5) + math.min(i, 7.5, 3) end
  return sum
end)

probe("math.random", function()
  math.randomseed(42)
  local sum = 0
  for i = 1, 1500000 do sum = sum + math.random(100) + math.random() end
  return sum
end)

probe("math.sqrt abs sin", function()
  local sum = 0
  for i = 1, 1000000 do sum = sum + math.sqrt(i) + math.abs(-i) + math.sin(i) end
  return sum
end)

-- utf8 and pack

probe("utf8 codes", function()
  local text, sum = ("Grüße aus Köln – 日本語 "):rep(100), 0
  for _ = 1, 100 do
    for _, code in utf8.codes(text) do sum = sum + code end
  end
  return sum
end)

probe("utf8 char len", function()
  local text, sum = ("Grüße aus Köln – 日本語 "):rep(10), 0
  for i = 1, 100000 do sum = sum + utf8.len(text) + #utf8.char(228, 8211, i % 50000) end
  return sum
end)

probe("pack unpack", function()
  local sum = 0
  for i = 1, 300000 do
    local a, b, c = string.unpack("<I4dI2", string.pack("<I4dI2", i, i / 2, i & 65535))
    sum = sum + a + b + c
  end
  return sum
end)

-- Files

local function with_lines(body)
  local name = os.tmpname()
  local file = assert(io.open(name, "w"))
  for i = 1, 200000 do file:write("line ", i, " of the file\n") end
  file:close()
  local result = body(name)
  os.remove(name)
  return result
end

probe("io.write", function()
  local file = assert(io.open("/dev/null", "w"))
  for i = 1, 700000 do file:write("line ", i, " ", i / 4, "\n") end
  file:close()
  return 0
end)

probe("io.lines", function()
  return with_lines(function(name)
    local sum = 0
    for _ = 1, 4 do
      for line in io.lines(name) do sum = sum + #line end
    end
    return sum
  end)
end)

probe("read all", function()
  return with_lines(function(name)
    local sum = 0
    for _ = 1, 40 do
      local file = io.open(name)
      sum = sum + #file:read("a")
      file:close()
    end
    return sum
  end)
end)

probe("read numbers", function()
  local name = os.tmpname()
  local file = assert(io.open(name, "w"))
  for i = 1, 200000 do file:write(i * 3, " ", i / 8, "\n") end
  file:close()
  local sum = 0
  file = io.open(name)
  while true do
    local a, b = file:read("n", "n")
    if not a then break end
    sum = sum + a + b
  end
  file:close()
  os.remove(name)
  return sum
end)

probe("load source", function()
  local parts = {}
  for i = 1, 20000 do
    parts[i] = ("local function f%d(a, b) if a > b then return a * %d + b end local t = {x = %d, 'text'} return t.x end"):format(i % 150, i, i)
    if i % 150 == 149 then parts[i] = parts[i] .. " do end" end
  end
  for i = 1, #parts do parts[i] = "do " .. parts[i] .. " end" end
  local source, sum = table.concat(parts, "\n"), 0
  for _ = 1, 2 do sum = sum + #string.dump(assert(load(source)), true) // math.maxinteger end
  return sum
end)

local name = ...
if name == nil then
  print(table.concat(order, "\n"))
else
  local body = assert(probes[name], "no such probe")
  local start = os.clock()
  local result = body()
  print(string.format("%.4f", os.clock() - start), result)
end
