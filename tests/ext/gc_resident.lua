-- After a peak memory goes back: within two collections what the state holds follows what is alive, and the process follows the state.
local gc = require "rille.gc"
local page = 4096

-- Sanitizers keep what is freed, so that only what the state holds can be looked at then.
local sanitized = os.getenv("RILLE_SLOW") ~= nil
local function resident()
  local file <close> = assert(io.open("/proc/self/statm"))
  return tonumber(file:read("a"):match("^%d+ (%d+)")) * page
end

for _, mode in ipairs {"incremental", "generational"} do
  collectgarbage(mode)
  collectgarbage()
  local before, held = resident(), gc.stats().held
  local function make()
    local list = {}
    for i = 1, sanitized and 50000 or 500000 do list[i] = {i, "name " .. i} end
    return list
  end
  local list = make()
  local peak, held_at_peak = resident(), gc.stats().held
  assert(#list > 0)
  list = nil
  collectgarbage()
  collectgarbage()
  assert(gc.stats().held - held < (held_at_peak - held) / 20, mode)
  if not sanitized then assert(resident() - before < (peak - before) / 2, mode) end
end
print("ok")
