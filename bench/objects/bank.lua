-- Three levels of inheritance through __index: accounts of a bank, with overridden methods and calls of the parent's.
local scale = tonumber(arg and arg[1]) or 1

local function class(parent)
  local result = setmetatable({}, {__index = parent})
  result.__index = result
  return result
end

local Account = class(nil)
function Account.init(self, owner)
  self.owner, self.balance, self.entries = owner, 0, 0
  return self
end
function Account.new(owner) return Account.init(setmetatable({}, Account), owner) end
function Account:deposit(amount)
  self.balance = self.balance + amount
  self.entries = self.entries + 1
end
function Account:withdraw(amount)
  if amount > self:available() then return false end
  self.balance = self.balance - amount
  self.entries = self.entries + 1
  return true
end
function Account:available() return self.balance end
function Account:month() return 0 end

local Savings = class(Account)
function Savings.init(self, owner, rate)
  Account.init(self, owner)
  self.rate = rate
  return self
end
function Savings.new(owner, rate) return Savings.init(setmetatable({}, Savings), owner, rate) end
function Savings:month()
  local interest = (self.balance - self.balance % 1000) / 1000 * self.rate
  self:deposit(interest)
  return interest
end

local Premium = class(Savings)
function Premium.init(self, owner, rate, credit)
  Savings.init(self, owner, rate)
  self.credit = credit
  return self
end
function Premium.new(owner, rate, credit) return Premium.init(setmetatable({}, Premium), owner, rate, credit) end
function Premium:available() return self.balance + self.credit end
function Premium:month()
  local interest = Savings.month(self)
  if self.balance < 0 then self:deposit(-5) end
  return interest + 1
end

local accounts = {}
for i = 1, 99 do
  local kind = i % 3
  accounts[i] = kind == 0 and Account.new("a" .. i) or kind == 1 and Savings.new("s" .. i, 1 + i % 5) or Premium.new("p" .. i, 2, 50)
end
local paid, refused = 0, 0
for round = 1, math.ceil(50000 * scale) do
  for i = 1, #accounts do
    local account = accounts[i]
    account:deposit((i + round) % 17)
    if not account:withdraw((i * round) % 19) then refused = refused + 1 end
    if round % 16 == 0 then paid = paid + account:month() end
  end
end
local sum = 0
for _, account in ipairs(accounts) do sum = (sum * 31 + account.balance + account.entries) % 1000000007 end
print(string.format("%.0f %.0f %.0f", sum, paid, refused))
