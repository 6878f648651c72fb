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

generate.text = require("program_text")

if arg and arg[0] and arg[0]:find("generate%.lua$") then io.write(generate.text(generate.program(tonumber(arg[1]) or 1))) end

return generate
