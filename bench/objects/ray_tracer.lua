-- A ray tracer: vectors with arithmetic metamethods, spheres and a floor as objects, shadows and reflections.
local scale = tonumber(arg and arg[1]) or 1
local sqrt, floor = math.sqrt, math.floor

local Vector = {}
Vector.__index = Vector
local function vector(x, y, z) return setmetatable({x = x, y = y, z = z}, Vector) end
function Vector.__add(a, b) return vector(a.x + b.x, a.y + b.y, a.z + b.z) end
function Vector.__sub(a, b) return vector(a.x - b.x, a.y - b.y, a.z - b.z) end
function Vector.__mul(a, k) return vector(a.x * k, a.y * k, a.z * k) end
function Vector.__unm(a) return vector(-a.x, -a.y, -a.z) end
function Vector:dot(b) return self.x * b.x + self.y * b.y + self.z * b.z end
function Vector:unit() return self * (1 / sqrt(self:dot(self))) end

local Sphere = {}
Sphere.__index = Sphere
function Sphere.new(centre, radius, colour, shine)
  return setmetatable({centre = centre, radius = radius, colour = colour, shine = shine}, Sphere)
end
function Sphere:distance(origin, direction)
  local offset = origin - self.centre
  local b = offset:dot(direction)
  local discriminant = b * b - offset:dot(offset) + self.radius * self.radius
  if discriminant < 0 then return nil end
  local root = sqrt(discriminant)
  local near = -b - root
  if near > 1e-6 then return near end
  local far = -b + root
  return far > 1e-6 and far or nil
end
function Sphere:normal(point) return (point - self.centre) * (1 / self.radius) end
function Sphere:colour_at() return self.colour end

local Floor = {}
Floor.__index = Floor
function Floor.new(height, shine) return setmetatable({height = height, shine = shine, up = vector(0, 1, 0)}, Floor) end
function Floor:distance(origin, direction)
  if direction.y > -1e-6 then return nil end
  local distance = (self.height - origin.y) / direction.y
  return distance > 1e-6 and distance or nil
end
function Floor:normal() return self.up end
function Floor:colour_at(point) return (floor(point.x) + floor(point.z)) % 2 == 0 and 0.9 or 0.2 end

local Scene = {}
Scene.__index = Scene

function Scene:nearest(origin, direction)
  local best, found
  for _, body in ipairs(self.bodies) do
    local distance = body:distance(origin, direction)
    if distance and (not best or distance < best) then best, found = distance, body end
  end
  return found, best
end

function Scene:trace(origin, direction, depth)
  local body, distance = self:nearest(origin, direction)
  if not body then return 0.3 + 0.3 * direction.y end
  local point = origin + direction * distance
  local normal = body:normal(point)
  local brightness = 0.1
  for _, light in ipairs(self.lights) do
    local to_light = (light - point):unit()
    local facing = normal:dot(to_light)
    if facing > 0 and not self:nearest(point + normal * 1e-4, to_light) then brightness = brightness + 0.6 * facing end
  end
  local colour = body:colour_at(point) * brightness
  if depth > 0 and body.shine > 0 then
    local mirrored = direction - normal * (2 * normal:dot(direction))
    colour = colour * (1 - body.shine) + body.shine * self:trace(point + normal * 1e-4, mirrored, depth - 1)
  end
  return colour
end

local bodies = {Floor.new(-1, 0.2)}
for i = 1, 5 do
  bodies[#bodies + 1] = Sphere.new(vector(i * 1.5 - 4.5, (i % 3) * 0.5 - 0.5, 4 + i % 2), 0.6 + 0.05 * i, 0.3 + 0.1 * i, i % 2 * 0.4)
end
local scene = setmetatable({bodies = bodies, lights = {vector(-5, 6, -3), vector(4, 8, 0)}}, Scene)
local size = math.ceil(330 * sqrt(scale))
local eye, sum = vector(0, 0.5, -3), 0
for y = 0, size - 1 do
  for x = 0, size - 1 do
    local direction = vector(x / size - 0.5, 0.5 - y / size, 1):unit()
    sum = sum + scene:trace(eye, direction, 3)
  end
end
print(string.format("%.6f", sum))
