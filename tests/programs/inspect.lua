-- inspect: tables of all shapes written readably; its output is sorted.
dofile("support/prelude.lua")
local inspect = require("inspect")

print(inspect({1, 2, 3, "four", {5}}))
print(inspect({a = 1, b = {c = {d = {e = "deep"}}}, ["with space"] = true, [10] = "ten", [1.5] = "float", [true] = "yes"}))
print(inspect("it's \"quoted\"\n\t\0\127\200"), inspect(12), inspect(-0.0), inspect(1e300), inspect(nil), inspect(1 / 0))
print(inspect({a = {b = {c = {}}}}, {depth = 2}), inspect({1, {2, {3}}}, {newline = "@", indent = ">"}))

local shared = {"shared"}
print(inspect({shared, shared, again = shared}))
local cycle = {name = "cycle"}
cycle.self, cycle.list = cycle, {cycle, {cycle}}
print(inspect(cycle))
print(inspect(setmetatable({x = 1}, {__index = {y = 2}, __metatable = nil})))
print(inspect(setmetatable({}, {__tostring = function() return "named" end, __call = 1})))
print(inspect({print = print, thread = coroutine.create(print)}, {process = function(item, path)
  if type(item) == "function" or type(item) == "thread" then return "<" .. type(item) .. " at " .. #path .. ">" end
  if path[#path] ~= inspect.METATABLE then return item end
end}))
print(inspect({password = "secret", list = {1, 2, 3}}, {process = function(item, path) if path[#path] ~= "password" then return item end end}))
local big = {}
for i = 1, 300 do big["key" .. i] = {i, tostring(i), {i % 7 == 0}} end
local text = inspect(big)
print(#text, text:sub(1, 200), text:sub(-120))
local function nest(depth) return depth == 0 and {} or {nest(depth - 1), depth = depth} end
print(inspect(nest(12)))
print("ok")
