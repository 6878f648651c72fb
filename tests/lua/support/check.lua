-- What the test files share: comparisons that say where (in the test) and what was found. Errors name the caller's line.
local check = {}

-- True under Debian's stock Lua, a 5.4.4: for lines about what later 5.4.x do otherwise.
check.stock = (arg and arg[-1] or ""):find("lua5%.4") ~= nil

function check.report(text, level) error(text, level + 1) end

local function compare(found, wanted, level)
  if found ~= wanted then check.report(("found '%s', wanted '%s'"):format(found, wanted), level + 1) end
end

function check.equal(found, wanted) compare(found, wanted, 2) end

-- Integers and floats are told apart.
function check.same(found, wanted)
  if found ~= wanted or math.type(found) ~= math.type(wanted) then
    check.report(("found %q, wanted %q"):format(found, wanted), 2)
  end
end

-- All values as one text.
function check.show(...)
  local list = table.pack(...)
  for i = 1, list.n do list[i] = tostring(list[i]) end
  return table.concat(list, " ")
end

-- The same in the form of source text.
function check.list(...)
  local list = table.pack(...)
  for i = 1, list.n do list[i] = ("%q"):format(list[i]) end
  return table.concat(list, " ")
end

-- The values are, as one text, what is wanted.
function check.gives(wanted, ...) compare(check.show(...), wanted, 2) end

-- The message of the error that f(...) raises, without a position.
function check.message_of(f, ...)
  local good, message = pcall(f, ...)
  if good then return "no error" end
  return (tostring(message):gsub("^[^:\n]+:%d+: ", ""))
end

function check.fails(wanted, f, ...) compare(check.message_of(f, ...), wanted, 2) end

return check
