-- Floats in record fields: the motion of bodies under gravity.
local scale = tonumber(arg and arg[1]) or 1
local sqrt = math.sqrt

-- A heavy body in the middle and lighter ones on circles around it.
local function system(count)
  local bodies = {{x = 0.0, y = 0.0, z = 0.0, vx = 0.0, vy = 0.0, vz = 0.0, mass = 40.0}}
  for i = 1, count do
    local radius, angle = 2.0 + 3.5 * i, 1.7 * i
    local speed = sqrt(40.0 / radius)
    bodies[i + 1] = {x = radius * math.cos(angle), y = radius * math.sin(angle), z = 0.1 * i, vx = -speed * math.sin(angle),
      vy = speed * math.cos(angle), vz = 0.01 * i, mass = 0.03 / i}
  end
  return bodies
end

local function advance(bodies, dt)
  local n = #bodies
  for i = 1, n do
    local a = bodies[i]
    for j = i + 1, n do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      local squared = dx * dx + dy * dy + dz * dz
      local force = dt / (squared * sqrt(squared))
      local from_b, from_a = b.mass * force, a.mass * force
      a.vx, a.vy, a.vz = a.vx - dx * from_b, a.vy - dy * from_b, a.vz - dz * from_b
      b.vx, b.vy, b.vz = b.vx + dx * from_a, b.vy + dy * from_a, b.vz + dz * from_a
    end
  end
  for i = 1, n do
    local a = bodies[i]
    a.x, a.y, a.z = a.x + dt * a.vx, a.y + dt * a.vy, a.z + dt * a.vz
  end
end

local function energy(bodies)
  local sum = 0.0
  for i, a in ipairs(bodies) do
    sum = sum + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, #bodies do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      sum = sum - a.mass * b.mass / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return sum
end

local bodies = system(4)
for _ = 1, math.ceil(420000 * scale) do advance(bodies, 0.001) end
print(string.format("%.6f", energy(bodies)))
