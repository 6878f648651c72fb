-- Protected calls around real work: errors with tables and strings, nested, with handlers, rethrown.
local scale = tonumber(arg and arg[1]) or 1
local pcall, xpcall, error = pcall, xpcall, error

local function checked_divide(a, b)
  if b == 0 then error("division by zero", 0) end
  return a / b
end

local Failure = {}
Failure.__index = Failure
function Failure.new(code) return setmetatable({code = code}, Failure) end

local function transaction(account, amount)
  local before = account.balance
  local fine, failure = pcall(function()
    account.balance = account.balance - amount
    if account.balance < 0 then error(Failure.new(amount)) end
  end)
  if not fine then
    account.balance = before
    return failure.code
  end
  return 0
end

local function nested(depth, limit)
  if depth == limit then error(depth, 0) end
  local fine, value = pcall(nested, depth + 1, limit)
  if fine then return value end
  if depth % 2 == 0 then error(value + depth, 0) end
  return value + 1
end

local function handler(message) return #message end

local sum, account = 0, {balance = 1000}
for i = 1, math.ceil(2800000 * scale) do
  local fine, value = pcall(checked_divide, i, i % 9)
  sum = sum + (fine and value or #value)
  sum = sum + transaction(account, i % 50)
  if i % 64 == 0 then account.balance = account.balance + 1500 end
  if i % 8 == 0 then
    fine, value = xpcall(checked_divide, handler, i, i % 3)
    sum = sum + value
  end
  if i % 32 == 0 then
    fine, value = pcall(nested, 1, 8)
    sum = sum + (fine and 1 or 2) + value
  end
end
print(string.format("%.3f", sum))
