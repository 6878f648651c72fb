-- lua-expat: parsing with callbacks in Lua, whole documents and pieces, namespaces, errors, the lom module.
local lxp, lom = require("lxp"), require("lxp.lom")
local support = dofile("../programs/support/prelude.lua")
local log = {}
local function note(...) log[#log + 1] = table.concat({...}, ",") end
local callbacks = {
  StartElement = function(parser, name, attributes)
    local list = {}
    for i, key in ipairs(attributes) do list[i] = key .. "=" .. attributes[key] end
    note("start", name, table.concat(list, " "), parser:pos() > 0 and "pos" or "")
  end,
  EndElement = function(_, name) note("end", name) end,
  CharacterData = function(_, text) note("text", (text:gsub("\n", "\\n"))) end,
  Comment = function(_, text) note("comment", text) end,
  ProcessingInstruction = function(_, target, data) note("instruction", target, data) end,
  StartCdataSection = function() note("cdata") end,
  StartNamespaceDecl = function(_, prefix, uri) note("namespace", prefix or "", uri) end,
}
local parser = lxp.new(callbacks, "|")
local document = [=[<?xml version="1.0"?><!-- c --><root xmlns:p="urn:p" a="1" b="&lt;2&gt;"><p:item>t&#228;xt</p:item><?do it?><![CDATA[<raw>]=] .. "]]></root>"
for i = 1, #document, 7 do assert(parser:parse(document:sub(i, i + 6))) end
print(parser:parse() ~= nil, parser:close() ~= nil)
for _, line in ipairs(log) do print(line) end
local bad = lxp.new({})
print(bad:parse("<a><b></a>"))
print((pcall(bad.close, bad)))
print(pcall(lxp.new, {Nonsense = print}), pcall(lxp.new))
local raising = lxp.new({StartElement = function() error("in callback", 0) end})
print(pcall(raising.parse, raising, "<x/>"))
local stopping = lxp.new({StartElement = function(p) p:stop() end})
print(stopping:parse("<x><y/></x>"))
local parts = {"<list>"}
for i = 1, 20000 do parts[#parts + 1] = ('<item id="%d"><name>n%d</name><value>%d &amp; more</value></item>'):format(i, i, i * 3) end
parts[#parts + 1] = "</list>"
local source = table.concat(parts)
local tree = lom.parse(source)
print(#source > 1000000, tree.tag, #tree, tree[777].attr.id, tree[777][1][1], tree[777][2][1])
print(lom.parse("<a>"))
print(#lom.parse("<a>x<b/>y<b/></a>"), lxp._VERSION ~= nil)
collectgarbage()
print("ok")
