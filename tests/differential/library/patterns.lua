-- Random patterns against random subjects: find, match, gmatch and gsub must give what stock Lua gives, errors included.
local Random = dofile("random.lua")
local random = Random.new(6)

local singles = {"a", "b", "c", ".", "%a", "%d", "%s", "%w", "%S", "%A", "%x", "%p", "[ab]", "[^a]", "[a-c]", "[%w_]", "[^%s]", "x",
  "=", "%.", "%%", "[]a]", "[^]]", "[a-]", "-", "$", "^", "%z", "[%a%d]", "1", " "}
local suffixes = {"", "", "", "", "*", "+", "-", "?"}
local oddities = {"(", ")", "()", "%b()", "%bab", "%f[%w]", "%f[^a]", "%1", "%2", "[", "[a", "%", "%f", "%b", "[^", "%9"}

local function random_pattern()
  local pieces, open = {}, 0
  if random:chance(15) then pieces[1] = "^" end
  for _ = 1, random:range(0, 5) do
    if random:chance(20) then
      pieces[#pieces + 1] = "("
      open = open + 1
    end
    if random:chance(8) then
      pieces[#pieces + 1] = random:pick(oddities)
    else
      pieces[#pieces + 1] = random:pick(singles) .. random:pick(suffixes)
    end
    if open > 0 and random:chance(50) then
      pieces[#pieces + 1] = ")"
      open = open - 1
    end
  end
  if random:chance(90) then pieces[#pieces + 1] = (")"):rep(open) end
  if random:chance(15) then pieces[#pieces + 1] = "$" end
  return table.concat(pieces)
end

local alphabet = {"a", "a", "b", "c", "x", "1", "2", " ", "=", ".", "(", ")", "_", "A", "%", "\0", "-", "]", "\xe4"}
local function random_subject()
  local bytes = {}
  for i = 1, random:chance(5) and random:range(60, 200) or random:range(0, 12) do bytes[i] = random:pick(alphabet) end
  return table.concat(bytes)
end

local function show(...)
  local values = table.pack(...)
  for i = 1, values.n do
    values[i] = type(values[i]) == "string" and ("%q"):format(values[i]):gsub("\n", "n") or tostring(values[i])
  end
  return table.concat(values, " ")
end

local replacements = {"<%0>", "%1", "%2", "", "x", "%%", "%", function(a, b) return b or a and nil end,
  function(a) return "[" .. tostring(a) .. "]" end, {a = "A", b = 1, [1] = "one", c = false}}

for _ = 1, 15000 do
  local pattern, subject = random_pattern(), random_subject()
  local init = random:chance(30) and random:range(-14, 14) or nil
  print(show(pattern, subject, init))
  print(show(pcall(string.find, subject, pattern, init)))
  print(show(pcall(string.match, subject, pattern, init)))
  print(show(pcall(string.gsub, subject, pattern, random:pick(replacements), random:chance(20) and random:range(-1, 3) or nil)))
  print(show(pcall(function()
    local all = {}
    for a, b in subject:gmatch(pattern) do all[#all + 1] = show(a, b) end
    return table.concat(all, ";")
  end)))
end
print("ok")
