-- Random programs: generate.program(seed) gives a list of nodes (see statements.lua), generate.text(nodes) its source. By hand:
-- `lua generate.lua SEED` prints one.
local here = (arg and arg[0] or ""):match("^(.*/)") or "./"
package.path = here .. "?.lua;" .. package.path
local Random = require("random")
local Expressions = require("expressions")
local Statements = require("statements")

local generate = {}

function generate.program(seed)
  local random = Random.new(seed)
  local expressions = Expressions.new(random, {})
  expressions.is_vararg = true
  local statements = Statements.new(random, expressions)
  local nodes = {}
  for i = 1, random:range(6, 22) do nodes[i] = statements:statement() end
  return nodes
end

local function append(lines, nodes)
  for _, node in ipairs(nodes) do
    lines[#lines + 1] = node.head
    if node.body then append(lines, node.body) end
    if node.middle then
      lines[#lines + 1] = node.middle
      append(lines, node.second)
    end
    if node.tail then lines[#lines + 1] = node.tail end
    if node.after then append(lines, node.after) end
  end
end

function generate.text(nodes)
  local lines = {}
  append(lines, nodes)
  return table.concat(lines, "\n") .. "\n"
end

if arg and arg[0] and arg[0]:find("generate%.lua$") then io.write(generate.text(generate.program(tonumber(arg[1]) or 1))) end

return generate
