-- Objects: method calls, inheritance through __index, field updates.
local Account = {}
Account.__index = Account
function Account.new(owner) return setmetatable({owner = owner, balance = 0, entries = 0}, Account) end
function Account:deposit(amount)
  self.balance = self.balance + amount
  self.entries = self.entries + 1
end
function Account:total() return self.balance end

local Savings = setmetatable({}, {__index = Account})
Savings.__index = Savings
function Savings.new(owner, rate)
  local self = Account.new(owner)
  self.rate = rate
  return setmetatable(self, Savings)
end
function Savings:month() self:deposit(self:total() * self.rate // 1000) end

local accounts = {}
for i = 1, 100 do accounts[i] = i % 2 == 0 and Account.new("a" .. i) or Savings.new("s" .. i, 1 + i % 5) end
for round = 1, 110000 do
  for i = 1, 100 do
    local account = accounts[i]
    account:deposit((i + round) % 17)
    if account.month and round % 64 == 0 then account:month() end
  end
end
local sum = 0
for _, account in ipairs(accounts) do sum = (sum * 31 + account:total() + account.entries) & 0xffffffffffff end
print(sum)
