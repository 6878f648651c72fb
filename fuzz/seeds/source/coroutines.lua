local co = coroutine.wrap(function(a, ...)
  local b = coroutine.yield(a + 1, ...)
  local ok, message = pcall(function() coroutine.yield(b); error({code = 1}) end)
  for i in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do coroutine.yield(i) end
  return ok, message.code
end)
co(1, 2, 3); co("b"); co(); co(); co(); co()
local t = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() end}); coroutine.yield() end)
coroutine.resume(t); coroutine.close(t)
