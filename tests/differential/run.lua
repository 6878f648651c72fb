-- The differential tester: random programs run by two interpreters must print the same.
--   lua run.lua --rille PATH --oracle lua5.4 --count N --seed S [--generator generate|caches] [--batch 200] [--broken NAME] [--keep DIRECTORY]
-- Programs run in batches, many to a process. Where outputs differ the program is run alone, made smaller as long as the two still
-- differ, and shown with both outputs. `--broken` sabotages the first interpreter (see harness.lua); then differences are expected.
local here = arg[0]:match("^(.*/)") or "./"
package.path = here .. "?.lua;" .. package.path

local options = {generator = "generate", oracle = "lua5.4", count = "2000", seed = "1", batch = "200", shown = "3", timeout = "120"}
do
  local i = 1
  while arg[i] do
    options[arg[i]:match("^%-%-(%w+)$") or error("unknown option " .. arg[i])] = arg[i + 1]
    i = i + 2
  end
end
assert(options.rille, "--rille PATH is missing")
local generate = require(options.generator)
local count, first_seed = tonumber(options.count), tonumber(options.seed)

local directory = os.tmpname()
os.remove(directory)
assert(os.execute("mkdir -p '" .. directory .. "'"))

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
end

local function command(interpreter, batch, output, sabotage)
  return string.format("LUA_INIT= LUA_INIT_5_4= timeout %s '%s' '%sharness.lua' '%s' %s >'%s' 2>&1", options.timeout, interpreter, here, batch,
    sabotage or "", output)
end

-- Both interpreters at once, one on each core. The outputs, and whether each ended well.
local function run_both(programs)
  local batch, out_a, out_b = directory .. "/batch", directory .. "/rille", directory .. "/oracle"
  local parts = {}
  for i, program in ipairs(programs) do
    parts[i] = "---- program " .. program.number .. "\n" .. program.text .. "---- end\n"
  end
  write(batch, table.concat(parts))
  os.execute(string.format("(%s; echo $? >'%s/status') & %s; echo $? >'%s/oracle_status'; wait", command(options.rille, batch, out_a, options.broken),
    directory, command(options.oracle, batch, out_b), directory))
  return read(out_a), read(out_b), read(directory .. "/status") == "0\n", read(directory .. "/oracle_status") == "0\n"
end

-- What may differ: the line of a division by zero (5.4.4 names an earlier one, later versions the right one), and the argument that
-- table.remove blames for a bad position (5.4.4: the first; later: the second).
local ALLOWED <const> = {
  {"(bad argument )#[12]( to 'remove' %(position)", "%1#2%2"}, {"program:%d+: (attempt to divide by zero)", "program: %1"},
  {"program:%d+: (attempt to perform 'n%%0')", "program: %1"},
}

local function normal(output)
  for _, rule in ipairs(output and ALLOWED or {}) do output = output:gsub(rule[1], rule[2]) end
  return output
end

-- Where stock runs out of C stack (200 levels of metamethods or coroutines), Rille goes on: nothing can be compared.
local function comparable(output)
  return not (output and output:find("C stack overflow", 1, true))
end

local function differs(program)
  local a, b, fine, oracle_fine = run_both {program}
  return oracle_fine and (not fine or normal(a) ~= normal(b)), a, b
end

-- All places from which a node can be taken out: {list, index}.
local function places(nodes, result)
  result = result or {}
  for i, node in ipairs(nodes) do
    if not node.fixed then result[#result + 1] = {nodes, i} end
    if node.body then places(node.body, result) end
    if node.second then places(node.second, result) end
    if node.after then places(node.after, result) end
  end
  return result
end

-- Takes out statements as long as the outputs still differ.
local function minimise(program)
  local tries = 0
  local again = true
  while again and tries < 300 do
    again = false
    local all = places(program.nodes)
    for p = #all, 1, -1 do
      local list, i = all[p][1], all[p][2]
      local node = table.remove(list, i)
      tries = tries + 1
      program.text = generate.text(program.nodes)
      local still, a, b = differs(program)
      if still and not b:find("does not compile", 1, true) then
        again = true
        break
      end
      table.insert(list, i, node)
      if tries >= 300 then break end
    end
  end
  program.text = generate.text(program.nodes)
end


local function report(program)
  local alone, a, b = differs(program)
  if alone then
    options.timeout = 20
    minimise(program)
    alone, a, b = differs(program)
    options.timeout = 120
  end
  print(string.format("---- seed %d: outputs differ%s\n%s---- %s prints\n%s---- %s prints\n%s----", program.number, alone and "" or " only within its batch",
    program.text, options.rille, a, options.oracle, b))
  if options.keep then write(options.keep .. "/" .. program.number .. ".lua", program.text) end
end

local function split(output)
  local result, current = {}, nil
  for line in output:gmatch("[^\n]*\n") do
    local number = line:match("^=== (%d+)\n$")
    if number then
      current = {}
      result[tonumber(number)] = current
    elseif current then
      current[#current + 1] = line
    end
  end
  for number, lines in pairs(result) do result[number] = table.concat(lines) end
  return result
end

local differences, lines, done, not_compiled, incomparable = 0, 0, 0, 0, 0
local started = os.time()

local function count_difference(program)
  differences = differences + 1
  if differences <= tonumber(options.shown) then report(program) end
end

-- Programs on which the oracle crashes in company are run one by one (5.4.4 has errors of its own).
local function compare_alone(programs)
  for _, program in ipairs(programs) do
    local a, b, fine, oracle_fine = run_both {program}
    if not oracle_fine or not comparable(b) then
      incomparable = incomparable + 1
      if not fine then count_difference(program) end
    elseif not fine or normal(a) ~= normal(b) then
      count_difference(program)
    end
  end
end

local function compare_outputs(programs, a, b, fine)
  local outputs_a, outputs_b = split(a), split(b)
  if next(outputs_a) == nil then
    print(options.rille .. " ran not one program; it says:\n" .. a:sub(1, 2000))
    os.exit(1)
  end
  local found = fine
  for _, program in ipairs(programs) do
    local ours, theirs = normal(outputs_a[program.number]), normal(outputs_b[program.number])
    if ours ~= nil and not comparable(theirs) then
      incomparable = incomparable + 1
    elseif ours ~= theirs then
      found = true
      count_difference(program)
      if outputs_a[program.number] == nil then break end -- it stopped here: what follows was not run
    end
  end
  if not found then
    differences = differences + 1
    print("the process ended badly, with equal output; its end:\n" .. a:sub(-500))
  end
end

while done < count do
  local programs = {}
  for i = 1, math.min(tonumber(options.batch), count - done) do
    local number = first_seed + done + i - 1
    local nodes = generate.program(number)
    programs[i] = {number = number, nodes = nodes, text = generate.text(nodes)}
  end
  done = done + #programs
  local a, b, fine, oracle_fine = run_both(programs)
  lines = lines + select(2, b:gsub("\n", ""))
  not_compiled = not_compiled + select(2, b:gsub("\ndoes not compile", ""))
  if not oracle_fine then
    compare_alone(programs)
  elseif a ~= b or not fine then
    compare_outputs(programs, a, b, fine)
  end
end
os.execute("rm -rf '" .. directory .. "'")

print(string.format("%d programs from seed %d, %d lines compared in %d s: %d differ", done, first_seed, lines, os.time() - started, differences))
if not_compiled > count // 100 then
  print(not_compiled .. " did not compile: the generator is broken")
  os.exit(1)
end
if incomparable > 0 then print(incomparable .. " programs left out: stock's C stack overflows, or stock crashes") end
if incomparable > count // 100 then os.exit(1) end
if differences > 0 then os.exit(1) end
print("ok")
