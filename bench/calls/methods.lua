-- Method calls on objects of several classes at the same places, fields updated, methods kept in locals.
local scale = tonumber(arg and arg[1]) or 1

local Point = {}
Point.__index = Point
function Point.new(x, y) return setmetatable({x = x, y = y}, Point) end
function Point:move(dx, dy) self.x, self.y = self.x + dx, self.y + dy return self end
function Point:norm() return self.x * self.x + self.y * self.y end

local function shape(name, area)
  local class = {name = name}
  class.__index = class
  class.area = area
  function class.new(a, b) return setmetatable({a = a, b = b, uses = 0}, class) end
  function class:use() self.uses = self.uses + 1 return self.uses end
  return class
end
local Square = shape("square", function(self) return self.a * self.a end)
local Rectangle = shape("rectangle", function(self) return self.a * self.b end)
local Triangle = shape("triangle", function(self) return self.a * self.b * 0.5 end)
local Ring = shape("ring", function(self) return 3 * (self.a * self.a - self.b * self.b) end)

local shapes = {}
for i = 1, 64 do
  local class = i % 4 == 0 and Square or i % 4 == 1 and Rectangle or i % 4 == 2 and Triangle or Ring
  shapes[i] = class.new(i % 9 + 2, i % 2 + 1)
end
local point, sum = Point.new(0, 0), 0
for i = 1, math.ceil(5300000 * scale) do
  point:move(1, i % 2):move(-1, 0)
  local item = shapes[i % 64 + 1]
  sum = sum + item:area()
  if i % 4 == 0 then sum = sum + item:use() % 3 end
  if i % 1024 == 0 then sum = (sum + point:norm()) % 1000000007 end
end
print(string.format("%.3f", sum))
