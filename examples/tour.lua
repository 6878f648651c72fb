-- Shows the other examples one after the other, and says how long they took.
local here = arg[0]:match("^(.*/)") or "./"

local function show(title, name, ...)
  print(("\n== %s (examples/%s.lua)\n"):format(title, name))
  local outer = arg
  arg = {[0] = here .. name .. ".lua", ...}
  local started = os.clock()
  dofile(arg[0])
  print(("\n   %.0f ms, %.0f kB in use"):format((os.clock() - started) * 1000, collectgarbage("count")))
  arg = outer
end

print(_VERSION .. ": a tour")
show("A picture of a coroutine's making", "mandelbrot")
show("A spreadsheet: formulas are Lua, cells are looked up by a metatable", "spreadsheet")
show("An adventure that plays itself", "adventure", "--play")
show("The words of these programs", "words")
print("\nThe prompt awaits: build/release/rille -i")
