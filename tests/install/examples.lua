-- examples.lua PAGE DIRECTORY COMMAND...: compiles every ```c block of a page in DIRECTORY by COMMAND, in which SOURCE stands
-- for its file, and compares what the program prints with the ```text block that follows. Other blocks are not looked at.
local page, directory = arg[1], arg[2]
local command = table.concat(arg, " ", 3)
local MINIMUM <const> = 8

local examples, heading, block, language = {}, "?", nil, nil
for line in io.lines(page) do
  if block then
    if line == "```" then
      local text = table.concat(block, "\n") .. "\n"
      local last = examples[#examples]
      if language == "c" then
        assert(not last or last.expected, "no output given for: " .. heading)
        examples[#examples + 1] = {heading = heading, program = text}
      elseif language == "text" and last and not last.expected then
        last.expected = text
      end
      block = nil
    else
      block[#block + 1] = line
    end
  elseif line:find("^```") then
    block, language = {}, line:sub(4)
  else
    heading = line:match("^##+ (.*)") or heading
  end
end
assert(#examples >= MINIMUM, "too few examples found in " .. page)

local function run(line)
  local pipe = assert(io.popen("exec 2>&1; cd '" .. directory .. "' || exit 1; " .. line))
  local text = pipe:read("a")
  return text, pipe:close()
end

local failures = 0
for number, example in ipairs(examples) do
  local name = "example" .. number
  local file <close> = assert(io.open(directory .. "/" .. name .. ".c", "w"))
  assert(file:write(example.program) and file:flush())
  local output, succeeded = run(command:gsub("SOURCE", name .. ".c") .. " -o " .. name)
  if succeeded then output, succeeded = run("./" .. name) end
  if succeeded and output == example.expected then
    print("right: " .. example.heading)
  else
    failures = failures + 1
    print("WRONG: " .. example.heading, "printed:", output, "expected:", example.expected)
  end
end
os.exit(failures == 0)
