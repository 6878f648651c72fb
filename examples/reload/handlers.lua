-- What server.lua does with requests.
local handlers = {}
local active, served = 0, 0

function handlers.active() return active end

function handlers.begin(request)
  active = active + 1
  request.words = 0
end

function handlers.receive(request, text)
  for _ in text:gmatch("%a+") do request.words = request.words + 1 end
  return request.name .. " has sent " .. request.words .. " words"
end

function handlers.finish(request)
  active, served = active - 1, served + 1
  return request.name .. " is done, " .. served .. " served"
end

return handlers
