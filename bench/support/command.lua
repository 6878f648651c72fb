-- Commands run and measured, through the helper that bench/support/measure.c is compiled to.
local command = {}

-- A word as the shell shall see it.
function command.quoted(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

local function quoted_all(words)
  local result = {}
  for i, word in ipairs(words) do result[i] = command.quoted(word) end
  return table.concat(result, " ")
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

-- What a command prints; nil when it fails.
function command.output(words)
  local pipe = assert(io.popen(quoted_all(words) .. " 2>/dev/null"))
  local text = pipe:read("a")
  return pipe:close() and text or nil
end

local Meter = {}
Meter.__index = Meter

-- `helper` is the path of the compiled measure.c. A meter owns a temporary file until it is closed.
function command.meter(helper)
  if not command.output {helper, "/dev/null", "true"} then error("cannot run " .. helper .. " (built by: make bench)", 0) end
  return setmetatable({helper = helper, output = os.tmpname()}, Meter)
end

-- Runs `words` so many times, each stopped after `limit` seconds (0: never). A list of {seconds =, wall =, memory =} (processor time, time on
-- the wall, peak kB), and what was printed; nil and a message when a run fails. LUA_INIT does not reach the command.
function Meter:run(words, runs, limit)
  local helper_words = {"env", "-u", "LUA_INIT", "-u", "LUA_INIT_5_4", self.helper, "-n", tostring(runs), "-t", tostring(limit), self.output}
  local pipe = assert(io.popen(quoted_all(helper_words) .. " " .. quoted_all(words) .. " 2>&1"))
  local text = pipe:read("a")
  if not pipe:close() then return nil, text end
  local list = {}
  for processor, wall, memory in text:gmatch("(%d+) (%d+) (%d+)\n") do
    list[#list + 1] = {seconds = processor / 1e6, wall = wall / 1e6, memory = tonumber(memory)}
  end
  return list, read(self.output)
end

function Meter:close() os.remove(self.output) end

return command
