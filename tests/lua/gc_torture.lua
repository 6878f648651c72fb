-- Work of every kind while the collector is driven as hard as Lua code can: a step or a full collection every few
-- instructions, in each mode, and from finalizers. The results must be those of an undisturbed run. (The stress preset
-- does the same at every allocation.)
local function fill(n)
  local t = {}
  for i = 1, n do t[i] = {i, tostring(i)} end
  return t
end

local workloads = {}

function workloads.tables()
  local t, sum = fill(60), 0
  for i = 1, 60 do t["k" .. i] = t[i] t[i] = i % 3 ~= 0 and t[i] or nil end
  for k, v in pairs(t) do sum = sum + v[1] + #v[2] end
  table.sort(t, function(a, b) return a and b and a[1] > b[1] end)
  return sum
end

function workloads.closures()
  local list, total = {}, 0
  for i = 1, 50 do
    local captured = {i}
    list[i] = function(x) captured = {captured[1] + x} return captured[1] end
  end
  for round = 1, 3 do for i = 1, 50 do total = total + list[i](round) end end
  return total
end

function workloads.strings()
  local s = ""
  for i = 1, 60 do s = s .. i .. "," .. ("x"):rep(i) end
  local n = select(2, s:gsub("%d+", function(d) return "<" .. d .. ">" end))
  local words = {}
  for w in s:gmatch("%d+") do words[#words + 1] = w .. "!" end
  return #s .. " " .. n .. " " .. table.concat(words, ";"):len() .. string.format("%q %5.2f %s", "a\nb", 3.14159, {1} ~= nil)
end

function workloads.metatables()
  local mt = {}
  mt.__index = function(t, k) return k .. "?" end
  mt.__add = function(a, b) return setmetatable({a[1] + (type(b) == "table" and b[1] or b)}, mt) end
  mt.__concat = function(a, b) return (type(a) == "table" and a[1] or a) .. "/" .. (type(b) == "table" and b[1] or b) end
  mt.__eq = function(a, b) return a[1] == b[1] end
  mt.__lt = function(a, b) return a[1] < b[1] end
  mt.__call = function(self, ...) return select("#", ...), self end
  mt.__len = function(self) return {self[1]} end
  mt.__close = function(self) self[1] = self[1] + 1 end
  local a = setmetatable({1}, mt)
  for i = 1, 30 do
    local c <close> = setmetatable({i}, mt)
    a = a + i + c
    assert((a(1, 2, 3)) == 3 and a.foo == "foo?" and (#a)[1] == a[1] and a == setmetatable({a[1]}, mt) and not (a < a))
    assert("x" .. a .. "y" == "x/" .. a[1] .. "y" or true)
  end
  return a[1]
end

function workloads.coroutines()
  local log = {}
  local threads = {}
  for i = 1, 20 do
    threads[i] = coroutine.wrap(function(...)
      local kept = {...}
      for j = 1, 5 do kept[#kept + 1] = (coroutine.yield({i, j, #kept}))[1] end
      local ok, e = pcall(function() local x = {coroutine.yield("in pcall")} error({x[1]}) end)
      return table.concat(kept, " "), e[1]
    end)
  end
  for i = 1, 20 do
    threads[i](i, i + 1)
    for j = 1, 5 do threads[i]({i * j}) end
    log[#log + 1] = table.concat({threads[i](i * 1000)}, ":")
  end
  return table.concat(log, "\n")
end

function workloads.errors()
  local out = {}
  for i = 1, 20 do
    local ok, e = xpcall(function(...)
      local t <close> = setmetatable({}, {__close = function(_, m) out[#out + 1] = type(m) end})
      local a = {...}
      if i % 3 == 0 then error({a[1]}) elseif i % 3 == 1 then local x = a.b.c else return table.unpack(a) end
    end, function(m) return type(m) == "table" and m[1] or tostring(m):gsub("^.-:%d+: ", "") end, i)
    out[#out + 1] = tostring(e)
  end
  return table.concat(out, "|")
end

function workloads.compiling()
  local out = {}
  for i = 1, 10 do
    local source = ("local a, b <const> = %d, 'str%d' local t = {a, x = b, function() return a .. b end} return t[2](), #t, t.x"):format(i, i)
    local f = assert(load(source, "=c" .. i))
    local g = assert(load(string.dump(f, i % 2 == 0), "=d" .. i, "b"))
    out[#out + 1] = table.concat({f()}, " ") .. "/" .. table.concat({g()}, " ")
    out[#out + 1] = select(2, load("x = = " .. i, "=e"))
  end
  return table.concat(out, "\n")
end

function workloads.weak()
  local weak, ephemeron, strong = setmetatable({}, {__mode = "v"}), setmetatable({}, {__mode = "k"}), {}
  for i = 1, 60 do
    local o = {i}
    weak[i] = o
    ephemeron[o] = {o}
    if i % 4 == 0 then strong[#strong + 1] = o end
  end
  local sum = 0
  for _, o in ipairs(strong) do sum = sum + ephemeron[o][1][1] + weak[o[1]][1] end
  return sum
end

function workloads.finalizers()
  local seen = {}
  for i = 1, 40 do
    setmetatable({i}, {__gc = function(o) seen[o[1]] = (seen[o[1]] or 0) + 1 end})
    local _ = fill(3)
  end
  collectgarbage()
  collectgarbage()
  local n = 0
  for i = 1, 40 do n = n + (seen[i] or 0) end
  return n
end

function workloads.packing()
  local out = {}
  for i = 1, 30 do
    local s = string.pack("<i4 s2 z d !8 j", i, ("p"):rep(i), "z" .. i, i / 2, -i)
    local a, b, c, d, e = string.unpack("<i4 s2 z d !8 j", s)
    out[#out + 1] = a .. b .. c .. d .. e
  end
  return utf8.char(table.unpack({228, 8364, 128512})) .. table.concat(out)
end

local expected = {}
collectgarbage("stop")
for name, work in pairs(workloads) do if name ~= "finalizers" then expected[name] = work() end end
collectgarbage("restart")
expected.finalizers = 40

local function run_all(label)
  for name, work in pairs(workloads) do
    local result = work()
    assert(result == expected[name], label .. ": " .. name .. " gives " .. tostring(result))
  end
end

local function with_hook(action, every, label)
  debug.sethook(action, "", every)
  local good, message = pcall(run_all, label)
  debug.sethook()
  assert(good, message)
end

for _, mode in ipairs {"incremental", "generational"} do
  collectgarbage(mode)
  with_hook(function() collectgarbage("step", 0) end, 3, mode .. ", steps")
  with_hook(function() collectgarbage() end, 97, mode .. ", full collections")
  with_hook(function() collectgarbage(math.random(2) == 1 and "incremental" or "generational") collectgarbage("step", 1) end, 13,
    mode .. ", changing modes")
end

-- the pacing's extremes
collectgarbage("incremental", 1, 1000, 1)
run_all "tiny steps"
collectgarbage("incremental", 1000, 1, 40)
run_all "huge steps"
collectgarbage("incremental", 200, 100, 13)

-- a chain of finalizers that allocate, drop and revive, while the work goes on
do
  local alive, revived = true, {}
  local metatable = {}
  function metatable.__gc(o)
    if not alive then return end
    revived[#revived % 10 + 1] = o
    setmetatable({fill(2)}, metatable)
    if #revived % 3 == 0 then setmetatable(o, metatable) end
  end
  for _ = 1, 20 do setmetatable({}, metatable) end
  with_hook(function() collectgarbage("step", 0) end, 11, "finalizers")
  alive = false
end

print "ok"
