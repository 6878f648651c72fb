-- Floats in record fields: the motion of five bodies.
local sqrt = math.sqrt
local bodies = {
  {x = 0, y = 0, z = 0, vx = 0, vy = 0, vz = 0, mass = 39.47841760435743},
  {x = 4.84143144246472090, y = -1.16032004402742839, z = -0.103622044471123109, vx = 0.606326392995832, vy = 2.81198684491626, vz = -0.0252183616598876, mass = 0.03769367487038949},
  {x = 8.34336671824457987, y = 4.12479856412430479, z = -0.403523417114321381, vx = -1.01077434617879, vy = 1.82566237123041, vz = 0.00841576137658415, mass = 0.011286326131968767},
  {x = 12.8943695621391310, y = -15.1111514016986312, z = -0.223307578892655734, vx = 1.08279100644154, vy = 0.868713018169608, vz = -0.0108326374013636, mass = 0.0017237240570597112},
  {x = 15.3796971148509165, y = -25.9193146099879641, z = 0.179258772950371181, vx = 0.979090732243898, vy = 0.594698998647676, vz = -0.0347559555078104, mass = 0.0020336868699246304},
}
local function advance(dt)
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
for _ = 1, 400000 do advance(0.01) end
local sum = 0
for _, body in ipairs(bodies) do sum = sum + body.x + body.y + body.z end
print(string.format("%.6f", sum))
