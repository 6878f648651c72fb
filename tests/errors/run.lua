-- Wrong programs and calls with the exact text of their errors: `run.lua [--oracle]`. Each file of this folder returns a list of
-- {source, text} or {source, text of later versions, text of 5.4.4}: the oracle, Debian's 5.4.4, is held to the third where there
-- is one. A source may be a function that makes it. The chunk's name is t.
local is_oracle = arg[1] == "--oracle"
local FILES <const> = {"lexical", "syntax", "limits", "operators", "calls", "base", "string", "table_math", "io_os_debug", "tracebacks"}
local LEAST <const> = 1000
local ran, wrong = 0, 0

local function error_of(source)
  local environment = setmetatable({}, {__index = _G})
  -- (inside pcall, as the command's message handler would add a traceback to errors of the compiler's own depth)
  local _, chunk, message = pcall(load, source, "=t", "t", environment)
  if not chunk then return message end
  local good, value = pcall(chunk)
  if good then return "(no error)" end
  return (tostring(value))
end

for _, name in ipairs(FILES) do
  for _, case in ipairs(dofile(name .. ".lua")) do
    local source, expected = case[1], is_oracle and case[3] or case[2]
    if type(source) == "function" then source = source() end
    local found = error_of(source)
    ran = ran + 1
    if found ~= expected then
      wrong = wrong + 1
      print(("%s: %s\n  gives    %s\n  expected %s"):format(name, source:sub(1, 300), found, expected))
    end
  end
end
print(ran .. " wrong programs, " .. wrong .. " with another text")
if ran < LEAST then error("there should be at least " .. LEAST .. " cases") end
if wrong > 0 then os.exit(1) end
print "ok"
