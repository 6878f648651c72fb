-- A tokenizer for a small language and an evaluator of its expressions: anchored patterns, captures, keywords in a table.
local scale = tonumber(arg and arg[1]) or 1

local keywords = {}
for word in ("let if then else end while do print and or not"):gmatch("%a+") do keywords[word] = true end

local function tokenize(source)
  local tokens, position, line = {}, 1, 1
  local count = 0
  while true do
    local _, last = source:find("^[ \t]*", position)
    position = last + 1
    if position > #source then break end
    local text
    local start = source:sub(position, position)
    count = count + 1
    if start == "\n" then
      line, position, count = line + 1, position + 1, count - 1
    elseif start:find("%a") then
      text, position = source:match("^([%w_]+)()", position)
      tokens[count] = {kind = keywords[text] and text or "name", text = text, line = line}
    elseif start:find("%d") then
      text, position = source:match("^(%d+%.?%d*)()", position)
      tokens[count] = {kind = "number", value = tonumber(text), line = line}
    elseif start == '"' then
      text, position = source:match('^"([^"]*)"()', position)
      tokens[count] = {kind = "string", text = text, line = line}
    elseif start == "#" then
      position, count = source:find("\n", position, true) or #source + 1, count - 1
    else
      text = source:match("^[<>=~]=", position) or start
      tokens[count] = {kind = text, line = line}
      position = position + #text
    end
  end
  return tokens, line
end

-- Sums, products and parentheses over the names' values.
local levels = {["+"] = 1, ["-"] = 1, ["*"] = 2, ["/"] = 2}
local function evaluate(tokens, position, level, values)
  local token, left = tokens[position], nil
  if token.kind == "(" then
    left, position = evaluate(tokens, position + 1, 0, values)
    position = position + 1
  else
    left, position = token.kind == "number" and token.value or values[token.text] or 1, position + 1
  end
  while true do
    local operator = tokens[position] and tokens[position].kind
    local operator_level = levels[operator]
    if not operator_level or operator_level <= level then return left, position end
    local right
    right, position = evaluate(tokens, position + 1, operator_level, values)
    if operator == "+" then
      left = left + right
    elseif operator == "-" then
      left = left - right
    elseif operator == "*" then
      left = left * right
    else
      left = left / (right == 0 and 1 or right)
    end
  end
end

local lines = {}
for i = 1, 400 do
  lines[#lines + 1] = string.format("let v%d = (v%d + %d) * 3 - %d.5 / (2 + v%d) # comment %d", i, i - 1, i, i % 10, i % 7, i)
  if i % 5 == 0 then lines[#lines + 1] = string.format('if v%d >= %d then print "value %d" else print v%d end', i, i * 2, i, i - 1) end
end
local source = table.concat(lines, "\n")
local sum = 0
for round = 1, math.ceil(190 * scale) do
  local tokens, last_line = tokenize(source)
  local values = {v0 = round}
  for i = 1, #tokens - 2 do
    if tokens[i].kind == "let" then
      local value = evaluate(tokens, i + 3, 0, values)
      values[tokens[i + 1].text] = value % 1000
    end
  end
  sum = (sum + #tokens + last_line + values.v400) % 1000000007
end
print(string.format("%.4f", sum))
