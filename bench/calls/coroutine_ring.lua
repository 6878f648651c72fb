-- A token goes round a ring of coroutines; then many coroutines, each resumed a few times.
local scale = tonumber(arg and arg[1]) or 1
local create, resume, yield, status = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status

local function member(index)
  return create(function(token)
    while true do token = yield((token * 7 + index) % 1000003) end
  end)
end

local members = {}
for i = 1, 500 do members[i] = member(i) end
local token = 1
for _ = 1, math.ceil(16000 * scale) do
  for i = 1, #members do
    local fine, value = resume(members[i], token)
    token = fine and value or -1
  end
end

local sum = token
for i = 1, math.ceil(450000 * scale) do
  local thread = create(function(a)
    local b = yield(a + 1)
    return a + b
  end)
  local _, first = resume(thread, i % 100)
  local _, second = resume(thread, first)
  sum = sum + second + (status(thread) == "dead" and 1 or 0)
end
print(string.format("%.0f", sum))
