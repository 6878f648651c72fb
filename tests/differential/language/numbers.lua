-- Operators on numbers at the edges, in every form the compiler has for them (registers, constants, conditions), and loops over
-- ranges at the edges.   numbers.lua [SEED [COUNT]]
local Random = dofile("random.lua")
local random = Random.new(tonumber(arg[1]) or 81)
local COUNT <const> = tonumber(arg[2]) or 3000

local EDGES <const> = {
  "0", "1", "2", "3", "-1", "-2", "5", "7", "10", "63", "64", "-63", "-64", "127", "128", "-127", "-128", "-129", "255", "256", "65535", "65536",
  "2147483647", "2147483648", "-2147483648", "4294967295", "4294967296", "9007199254740991", "9007199254740992", "9007199254740993",
  "-9007199254740993", "math.maxinteger", "math.maxinteger - 1", "math.mininteger", "math.mininteger + 1", "0x7ffffffffffffc00",
  "0.0", "-0.0", "0.5", "-0.5", "1.0", "-1.0", "1.5", "2.5", "-2.5", "3.0", "127.0", "128.0", "2^31", "2^53", "2^53 + 1", "-(2^53)", "2^62", "2^63", "-(2^63)",
  "2^64", "1e15", "1e16", "1e100", "-1e308", "1e308", "5e-324", "0.1", "1 / 0", "-1 / 0", "0 / 0", "math.pi", "9007199254740993.0",
  "'1'", "'-3'", "'0x10'", "'1.5'", "'1e1'", "' 7 '", "'9223372036854775807'", "'9223372036854775808'", "'abc'", "''",
}

local function number()
  if random:chance(75) then return random:pick(EDGES) end
  if random:chance(50) then return tostring(random:bits() >> random:range(0, 62)) end
  return ("%.17g"):format((random:bits() >> random:range(0, 62)) / 2.0 ^ random:range(0, 40))
end

local function show(value)
  if math.type(value) == "float" then return value ~= value and "nan" or ("%a %s"):format(value, value) end
  return tostring(value)
end

local function shown(...)
  local list = table.pack(...)
  for i = 1, list.n do list[i] = show(list[i]) end
  return (table.concat(list, " "):gsub("%-nan", "nan"))
end

local ARITHMETIC <const> = {"+", "-", "*", "/", "//", "%", "^", "&", "|", "~", "<<", ">>", ".."}
local COMPARISON <const> = {"<", "<=", ">", ">=", "==", "~="}

local function operators()
  local a, b = number(), number()
  local operator = random:chance(70) and random:pick(ARITHMETIC) or random:pick(COMPARISON)
  local forms = {
    ("local a, b = %s, %s return a %s b"):format(a, b, operator), ("local a = %s return a %s %s"):format(a, operator, b),
    ("local b = %s return %s %s b"):format(b, a, operator), ("return %s %s %s"):format(a, operator, b),
    ("local a, b = %s, %s if a %s b then return 'yes' else return 'no' end"):format(a, b, operator),
    ("local a = %s if not (a %s %s) then return 'no' end return 'yes'"):format(a, operator, b),
    ("local t = {a = %s} return t.a %s %s, %s %s t.a"):format(a, operator, b, b, operator),
    ("local a = %s return -a, ~a, not a, - -a"):format(a), ("local a <const>, b <const> = %s, %s return a %s b"):format(a, b, operator),
    ("local a = %s a = a %s %s return a, a %s a"):format(a, operator, b, operator),
  }
  for _, form in ipairs(forms) do
    local chunk = load(form, "=code")
    print(form, chunk and shown(pcall(chunk)) or shown(load(form, "=code")))
  end
end

local function loops()
  local start, limit, step = number(), number(), random:chance(60) and number() or nil
  if random:chance(50) then limit = ("%s + %d"):format(start, random:range(-4, 4)) end
  if random:chance(40) then step = random:pick {"1", "-1", "2", "-3", "0.5", "1.0", "-0.25", "0", "0.0"} end
  local range = start .. ", " .. limit .. (step and ", " .. step or "")
  for _, form in ipairs {
    "local n, list = 0, {} for i = " .. range .. " do n = n + 1 list[n] = i if n == 5 then break end end return n, table.unpack(list, 1, n)",
    "local a, b, c = " .. start .. ", " .. limit .. ", " .. (step or "1") .. " local n, last = 0 for i = a, b, c do n = n + 1 last = i if n == 40 then break end end return n, last",
  } do
    local chunk = load(form, "=code")
    print(form, chunk and shown(pcall(chunk)) or shown(load(form, "=code")))
  end
end

for _ = 1, COUNT do (random:chance(75) and operators or loops)() end
print("ok")
