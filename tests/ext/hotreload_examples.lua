-- The examples of docs/hotreload.md, driven as a user would: started, edited while they run, their output read.
package.path = "../lua/?.lua;" .. package.path
local check = require "support.check"
local root = os.getenv("RILLE_ROOT") or "../.."
local command = os.getenv("RILLE_COMMAND") or arg[-1]
local folder = os.tmpname()
os.remove(folder)
assert(os.execute(("mkdir %s && cp %s/examples/reload/*.lua %s"):format(folder, root, folder)))

local function read(name)
  local file <close> = assert(io.open(folder .. "/" .. name))
  return file:read("a")
end

-- Replaces `old` in the file by `new`, both plain texts.
local function edit(name, old, new)
  local text = read(name)
  local first, last = text:find(old, 1, true)
  assert(first, old)
  local file <close> = assert(io.open(folder .. "/" .. name, "w"))
  file:write(text:sub(1, first - 1), new, text:sub(last + 1))
end

-- A running program: send a line, get the lines that it answers with.
local function start(options, name)
  assert(io.open(folder .. "/output", "w")):close()
  local input = assert(io.popen(("%s %s %s/%s >%s/output 2>&1"):format(command, options, folder, name, folder), "w"))
  local program, seen = {}, 0
  function program.send(line, count)
    input:write(line, "\n")
    input:flush()
    local deadline = os.time() + 60
    while true do
      local text = read("output"):sub(seen + 1)
      local _, lines = text:gsub("\n", "")
      if lines >= count then
        seen = seen + #text
        return (text:gsub("\n$", ""):gsub("\n", " / "))
      end
      if os.time() > deadline then error("no answer to '" .. line .. "': " .. text) end
    end
  end
  function program.stop() input:close() end
  return program
end

do -- the game
  local game = start("", "game.lua")
  check.equal(game.send("", 1), "1 | o")
  check.equal(game.send("", 1), "2 |  o")
  edit("world.lua", 'return ("%d |%so")', 'return ("frame %d [%s*")')
  check.equal(game.send("", 2), "reloaded: draw / frame 3 [   *")
  edit("world.lua", "world.ball.x = world.ball.x + world.ball.speed", "world.ball.x = = 1")
  assert(game.send("", 2):find("not reloaded: .*unexpected symbol"))
  edit("world.lua", "world.ball.x = = 1", "world.ball.x = world.ball.x + 2 * world.ball.speed")
  check.equal(game.send("", 2), "reloaded: update / frame 5 [      *")
  game.stop()
end

do -- the server
  local server = start("", "server.lua")
  check.equal(server.send("open ann\nopen bob\ndata ann two words", 1), "ann has sent 2 words")
  check.equal(server.send("data bob one", 1), "bob has sent 1 words")
  edit("handlers.lua", 'request.words .. " words"', 'request.words .. " words so far, of " .. handlers.total() .. " in all"')
  edit("handlers.lua", "local active, served = 0, 0", "local active, served, total = 0, 0, 0\nfunction handlers.total() return total end")
  edit("handlers.lua", "request.words = request.words + 1 end", "request.words, total = request.words + 1, total + 1 end")
  check.equal(server.send("data ann three more words", 3),
    "reloading handlers with 2 requests in flight / reloaded: receive / ann has sent 5 words so far, of 3 in all")
  check.equal(server.send("open carl\ndata carl hello", 1), "carl has sent 1 words so far, of 4 in all")
  check.equal(server.send("close bob\nclose ann", 2), "bob is done, 1 served / ann is done, 2 served")
  check.equal(server.send("data carl x\nclose carl\nnonsense", 3),
    "carl has sent 2 words so far, of 5 in all / carl is done, 3 served / what? nonsense")
  server.stop()
end

do -- rille --watch: a loop that never asks for changes
  local file <close> = assert(io.open(folder .. "/main.lua", "w"))
  file:write('package.path = "', folder, '/?.lua;" .. package.path\nlocal world = require "world"\nprint("started")\n',
    'local function greet() return "hello" end\nlocal last, stop = "hello", os.time() + 50\nio.stdout:flush()\n',
    'while os.time() < stop and last ~= "enough" do\n  local now = greet()\n',
    '  if now ~= last then last = now print(now) io.stdout:flush() end\nend\n')
  file:close()
  local program = start("--watch", "main.lua")
  check.equal(program.send("", 1), "started")
  edit("main.lua", '"hello" end', '"good day" end')
  check.equal(program.send("", 2), "rille: reloaded " .. folder .. "/main.lua; changed greet / good day")
  edit("main.lua", '"good day" end', 'error end end')
  assert(program.send("", 1):find("rille: not reloaded .*main.lua"))
  edit("main.lua", 'error end end', '"enough" end')
  check.equal(program.send("", 2), "rille: reloaded " .. folder .. "/main.lua; changed greet / enough")
  program.stop()
end

os.execute("rm -rf " .. folder)
print "ok"
