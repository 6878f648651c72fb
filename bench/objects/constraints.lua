-- An incremental solver of one-way constraints with strengths, after the DeltaBlue algorithm (Freeman-Benson, Maloney, Borning 1990):
-- each constraint has methods that compute one variable from others; the solver keeps the strongest ones satisfied.
local scale = tonumber(arg and arg[1]) or 1

-- Strengths: smaller is stronger.
local REQUIRED, PREFERRED, NORMAL, WEAK, WEAKEST = 0, 1, 3, 5, 6

local Variable = {}
Variable.__index = Variable

function Variable.new(value)
  return setmetatable({value = value, users = {}, determined_by = nil, mark = 0, walk_strength = WEAKEST, is_constant = true}, Variable)
end

function Variable:remove_user(constraint)
  local users = self.users
  for i = 1, #users do
    if users[i] == constraint then
      table.remove(users, i)
      break
    end
  end
  if self.determined_by == constraint then self.determined_by = nil end
end

-- The classes of constraints. `choose(mark)` picks the output or leaves it nil; `inputs` are listed; `execute` computes.
local function class(parent)
  local result = setmetatable({}, parent)
  result.__index = result
  return result
end

local Constraint = class(nil)

function Constraint.initialise(self, planner)
  for _, variable in ipairs(self.variables) do
    local users = variable.users
    users[#users + 1] = self
  end
  self.output = nil
  planner:add(self)
  return self
end

function Constraint:is_satisfied() return self.output ~= nil end
function Constraint:is_input() return false end

function Constraint:inputs_known(mark)
  for _, variable in ipairs(self.variables) do
    if variable ~= self.output and not (variable.mark == mark or variable.is_constant or variable.determined_by == nil) then return false end
  end
  return true
end

-- What the output's walkabout strength is: the weakest of this constraint and of the inputs that could be given up instead.
function Constraint:recalculate()
  local output, weakest, is_constant = self.output, self.strength, not self:is_input()
  for _, variable in ipairs(self.variables) do
    if variable ~= output then
      if variable.walk_strength > weakest then weakest = variable.walk_strength end
      is_constant = is_constant and variable.is_constant
    end
  end
  output.walk_strength, output.is_constant = weakest, is_constant
  if is_constant then self:execute() end
end

function Constraint:satisfy(mark, planner)
  self:choose(mark)
  local output = self.output
  if not output then
    assert(self.strength ~= REQUIRED, "a required constraint cannot be satisfied")
    return nil
  end
  for _, variable in ipairs(self.variables) do
    if variable ~= output then variable.mark = mark end
  end
  local overridden = output.determined_by
  if overridden then overridden.output = nil end
  output.determined_by = self
  planner:propagate(self, mark)
  output.mark = mark
  return overridden
end

local Unary = class(Constraint)

function Unary:choose(mark)
  local variable = self.variables[1]
  self.output = variable.mark ~= mark and self.strength < variable.walk_strength and variable or nil
end

function Unary:execute() end

local Stay, Edit = class(Unary), class(Unary)

function Stay.new(planner, variable, strength)
  return Constraint.initialise(setmetatable({variables = {variable}, strength = strength}, Stay), planner)
end

function Edit.new(planner, variable, strength)
  return Constraint.initialise(setmetatable({variables = {variable}, strength = strength}, Edit), planner)
end

function Edit:is_input() return true end

local Binary = class(Constraint)

function Binary:choose(mark)
  local a, b = self.variables[1], self.variables[2]
  local output
  if a.mark == mark then
    output = b.mark ~= mark and self.strength < b.walk_strength and b or nil
  elseif b.mark == mark then
    output = self.strength < a.walk_strength and a or nil
  elseif a.walk_strength > b.walk_strength then
    output = self.strength < a.walk_strength and a or nil
  else
    output = self.strength < b.walk_strength and b or nil
  end
  self.output = output
end

local Equal, Linear = class(Binary), class(Binary)

function Equal.new(planner, a, b, strength)
  return Constraint.initialise(setmetatable({variables = {a, b}, strength = strength}, Equal), planner)
end

function Equal:execute()
  local a, b = self.variables[1], self.variables[2]
  if self.output == a then
    a.value = b.value
  else
    b.value = a.value
  end
end

-- b = a * factor + offset, in both directions; factor and offset are variables that only serve as inputs.
function Linear.new(planner, a, factor, offset, b, strength)
  return Constraint.initialise(setmetatable({variables = {a, b, factor, offset}, strength = strength}, Linear), planner)
end

function Linear:execute()
  local variables = self.variables
  local a, b, factor, offset = variables[1], variables[2], variables[3], variables[4]
  if self.output == b then
    b.value = a.value * factor.value + offset.value
  else
    a.value = (b.value - offset.value) / factor.value
  end
end

local Planner = {}
Planner.__index = Planner

function Planner.new() return setmetatable({mark = 0}, Planner) end

function Planner:new_mark()
  self.mark = self.mark + 1
  return self.mark
end

function Planner:add(constraint)
  local mark = self:new_mark()
  local overridden = constraint:satisfy(mark, self)
  while overridden do overridden = overridden:satisfy(mark, self) end
end

-- The constraints that compute from `variable`, other than the one that determines it.
local function consumers(variable, list)
  local determining = variable.determined_by
  for _, constraint in ipairs(variable.users) do
    if constraint ~= determining and constraint:is_satisfied() then list[#list + 1] = constraint end
  end
end

function Planner:propagate(constraint, mark)
  local todo = {constraint}
  while #todo > 0 do
    local current = table.remove(todo)
    assert(current.output.mark ~= mark, "a cycle of constraints")
    current:recalculate()
    consumers(current.output, todo)
  end
end

function Planner:remove(constraint)
  local output = constraint.output
  constraint.output = nil
  for _, variable in ipairs(constraint.variables) do variable:remove_user(constraint) end
  if not output then return end
  output.determined_by, output.walk_strength, output.is_constant = nil, WEAKEST, true
  local unsatisfied, todo = {}, {output}
  while #todo > 0 do
    local variable = table.remove(todo)
    for _, user in ipairs(variable.users) do
      if not user:is_satisfied() then unsatisfied[#unsatisfied + 1] = user end
    end
    local list = {}
    consumers(variable, list)
    for _, user in ipairs(list) do
      user:recalculate()
      todo[#todo + 1] = user.output
    end
  end
  table.sort(unsatisfied, function(a, b) return a.strength < b.strength end)
  for _, user in ipairs(unsatisfied) do
    if not user:is_satisfied() then self:add(user) end
  end
end

-- A list of constraints in an order in which they can be executed, from the given inputs on.
function Planner:plan(sources)
  local mark, plan, todo = self:new_mark(), {}, {}
  for _, source in ipairs(sources) do
    if source:is_input() and source:is_satisfied() then todo[#todo + 1] = source end
  end
  while #todo > 0 do
    local constraint = table.remove(todo)
    if constraint.output.mark ~= mark and constraint:inputs_known(mark) then
      plan[#plan + 1] = constraint
      constraint.output.mark = mark
      consumers(constraint.output, todo)
    end
  end
  return plan
end

local function set(planner, variable, values)
  local edit = Edit.new(planner, variable, PREFERRED)
  local plan = planner:plan {edit}
  for _, value in ipairs(values) do
    variable.value = value
    for _, constraint in ipairs(plan) do constraint:execute() end
  end
  planner:remove(edit)
end

-- A chain of equal variables, edited at its front.
local function chain(length)
  local planner, variables = Planner.new(), {}
  for i = 1, length do variables[i] = Variable.new(0) end
  for i = 2, length do Equal.new(planner, variables[i - 1], variables[i], REQUIRED) end
  Stay.new(planner, variables[length], WEAK)
  local values = {}
  for i = 1, 100 do values[i] = i end
  set(planner, variables[1], values)
  assert(variables[length].value == 100)
  return variables[length].value
end

-- Many linear relations that share a factor and an offset, edited on each side.
local function projection(count)
  local planner = Planner.new()
  local factor, offset = Variable.new(10), Variable.new(1000)
  local sources, targets = {}, {}
  for i = 1, count do
    sources[i], targets[i] = Variable.new(i), Variable.new(i)
    Stay.new(planner, sources[i], NORMAL)
    Linear.new(planner, sources[i], factor, offset, targets[i], REQUIRED)
  end
  set(planner, sources[3], {17})
  assert(targets[3].value == 1170)
  set(planner, targets[5], {1050})
  assert(sources[5].value == 5)
  set(planner, factor, {5})
  local sum = 0
  for i = 1, count do sum = sum + targets[i].value end
  set(planner, offset, {2000})
  for i = 1, count do sum = sum + targets[i].value end
  return sum
end

local sum = 0
for round = 1, math.ceil(85 * scale) do sum = sum + chain(500 + round % 7) + projection(300 + round % 5) end
print(string.format("%.3f", sum))
