-- The world of game.lua: a ball between two walls.
local world = {ball = {x = 1, speed = 1}, frame = 0}

local WIDTH = 10

local function bounce(ball)
  if ball.x <= 1 or ball.x >= WIDTH then ball.speed = -ball.speed end
end

function world.update()
  world.frame = world.frame + 1
  world.ball.x = world.ball.x + world.ball.speed
  bounce(world.ball)
end

function world.draw()
  return ("%d |%so"):format(world.frame, (" "):rep(world.ball.x - 1))
end

return world
