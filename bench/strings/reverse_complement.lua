-- The reverse complement of gene sequences in the FASTA layout: lines in, lines of sixty letters out.
local scale = tonumber(arg and arg[1]) or 1

local complement = {}
for from, to in ("A=T C=G G=C T=A U=A M=K R=Y W=W S=S Y=R K=M V=B H=D D=H B=V N=N"):gmatch("(%a)=(%a)") do
  complement[from], complement[from:lower()] = to, to
end

local seed = 42
local function random(limit)
  seed = (seed * 16807) % 2147483647
  return seed % limit
end

local alphabet = "ACGTMRWSYKVHDBNacgt"
local function sequence(name, length)
  local lines = {">" .. name}
  while length > 0 do
    local letters = {}
    for i = 1, math.min(60, length) do
      local k = 1 + random(#alphabet)
      letters[i] = alphabet:sub(k, k)
    end
    lines[#lines + 1] = table.concat(letters)
    length = length - 60
  end
  return table.concat(lines, "\n")
end

local function reverse_complement(text)
  local output = {}
  for name, body in text:gmatch(">([^\n]*)\n([^>]*)") do
    output[#output + 1] = ">" .. name
    local letters = body:gsub("%s+", ""):reverse():gsub("%a", complement)
    for position = 1, #letters, 60 do output[#output + 1] = letters:sub(position, position + 59) end
  end
  return table.concat(output, "\n")
end

local text = table.concat({sequence("ONE", 20000), sequence("TWO", 30000), sequence("THREE", 25011)}, "\n")
local sum = 0
for round = 1, math.ceil(200 * scale) do
  local result = reverse_complement(text)
  sum = (sum * 31 + #result + result:byte(round * 99)) % 1000000007
  if round % 2 == 0 then text = result end
end
print(string.format("%.0f", sum))
