-- lua-yaml (libyaml through lyaml): load and dump of all kinds of values, several documents, anchors, events, errors.
local lyaml, yaml = require("lyaml"), require("yaml")
local support = dofile("../programs/support/prelude.lua")
local value = lyaml.load([[
list: [1, 2.5, "three", true, null, ~]
map: {a: 1, b: {c: [x, y]}}
block: |
  line one
  line two
folded: >
  joined
  text
anchor: &id {k: v}
alias: *id
hex: 0x1f
octal: 0o17
float: 1e3
inf: .inf
date: 2020-01-01
]])
print(value.list[1], value.list[2], value.list[3], value.list[4], value.list[5] == lyaml.null, value.map.b.c[2])
print(value.block, value.folded, value.alias.k, value.hex, value.octal, value.float, value.inf, value.date)
local documents = lyaml.load("--- 1\n--- two\n--- [3]\n", {all = true})
print(#documents, documents[1], documents[2], documents[3][1])
local text = lyaml.dump({{list = {1, 2, {3}}, text = "with: colon", multi = "a\nb", flag = true, empty = {}}})
print(support.equal(lyaml.load(text), {list = {1, 2, {3}}, text = "with: colon", multi = "a\nb", flag = true, empty = {}}))
print(lyaml.dump({1, "x", lyaml.null}))
local items = {}
for i = 1, 3000 do items[i] = {id = i, name = "item " .. i, tags = {"a", "b"}} end
local big = lyaml.dump({items})
print(#big > 100000, support.equal(lyaml.load(big), items))
local events = {}
for event in yaml.parser("- a\n- {b: c}\n") do events[#events + 1] = event.type end
print(table.concat(events, " "))
for _, wrong in ipairs {"a: [1, 2", "a: b: c", "\tx: 1", "*none"} do print(select(2, pcall(lyaml.load, wrong))) end
print(pcall(lyaml.load, 5 == 5), pcall(lyaml.dump, "not a table"))
collectgarbage()
print("ok")
