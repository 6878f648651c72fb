local function closable(name, log)
  return setmetatable({}, {__close = function(_, e) log[#log + 1] = name; if name == "bad" then error("in close") end end})
end
local log = {}
local function f(...)
  local a <close> = closable("a", log)
  local b <const>, c <close> = 10, closable("bad", log)
  if ... then return b, ... end
  error("body")
end
pcall(f, 1, 2); pcall(f)
for k in next, {1}, nil, closable("loop", log) do break end
