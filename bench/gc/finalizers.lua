-- Userdata and tables with finalizers. (Open files are the userdata that a plain program can make; tables do the rest.)
local scale = ...
local called = 0
local class = {__gc = function() called = called + 1 end}
local ring = {}
for i = 1, math.floor(800000 * scale) do ring[i % 1000] = setmetatable({i}, class) end
ring = nil
collectgarbage()
collectgarbage()
return called
