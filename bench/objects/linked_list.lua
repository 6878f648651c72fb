-- Linked lists: built, reversed, filtered, merged and sorted by merging.
local scale = tonumber(arg and arg[1]) or 1

local seed = 42
local function random(limit)
  seed = (seed * 16807) % 2147483647
  return seed % limit
end

local function build(n)
  local list
  for _ = 1, n do list = {value = random(1000000), next = list} end
  return list
end

local function reverse(list)
  local result
  while list do
    local next_node = list.next
    list.next = result
    result, list = list, next_node
  end
  return result
end

local function merge(a, b)
  local head = {next = nil}
  local last = head
  while a and b do
    if a.value <= b.value then
      last.next, a = a, a.next
    else
      last.next, b = b, b.next
    end
    last = last.next
  end
  last.next = a or b
  return head.next
end

local function sort(list)
  if not list or not list.next then return list end
  local slow, fast = list, list.next
  while fast and fast.next do slow, fast = slow.next, fast.next.next end
  local second = slow.next
  slow.next = nil
  return merge(sort(list), sort(second))
end

local function filter(list, keeps)
  local head = {next = list}
  local previous = head
  while previous.next do
    if keeps(previous.next.value) then
      previous = previous.next
    else
      previous.next = previous.next.next
    end
  end
  return head.next
end

local sum = 0
for round = 1, math.ceil(17 * scale) do
  local list = reverse(build(20000))
  list = filter(list, function(value) return value % 7 ~= round % 7 end)
  list = sort(list)
  local count, node = 0, list
  while node do
    count = count + 1
    sum = (sum * 31 + node.value) % 1000000007
    node = node.next
  end
  sum = sum + count
end
print(string.format("%.0f", sum))
