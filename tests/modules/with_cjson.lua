-- lua-cjson: round trips of every kind of value, a text of some megabytes, its settings and its errors.
local cjson, safe = require("cjson"), require("cjson.safe")
local support = dofile("../programs/support/prelude.lua")

local function round_trip(value) return support.equal(cjson.decode(cjson.encode(value)), value) end
print(round_trip {1, 2.5, -3, 1e300, "text", true, false, {a = {b = {}}}}, round_trip {[1] = {x = "ü\n\t\"\\"}})
print(cjson.encode {1, 2, 3}, cjson.encode(cjson.null), cjson.encode {x = 1}, cjson.encode "\0\1\127é/", cjson.encode(cjson.empty_array or {}))
local value = cjson.decode('{"list": [1, 2.5, -3e10, true, null, "\\u00e9\\ud83d\\ude00"], "empty": {}, "n": 9007199254740993}')
print(value.list[1], value.list[2], value.list[3], value.list[4], value.list[5] == cjson.null, value.list[6], next(value.empty), value.n)
print(math.type(cjson.decode("[1]")[1]), math.type(cjson.decode("[1.0]")[1]), math.type(cjson.decode("[12345678901234567890]")[1]))

local items = {}
for i = 1, 60000 do items[i] = {id = i, name = "item " .. i, tags = {"a", "b" .. i % 7}, price = i / 4, ok = i % 2 == 0} end
local text = cjson.encode(items)
print(#text > 3000000)
local again = cjson.decode(text)
print(#again, support.equal(again, items), support.checksum(cjson.encode(again[777].tags)))

print(pcall(cjson.decode, "[1, 2"), pcall(cjson.decode, "{bad}"), pcall(cjson.decode, ""), pcall(cjson.decode, "[1] x"))
print(pcall(cjson.encode, print), pcall(cjson.encode, {[1] = 1, x = 2}), pcall(cjson.encode, {[1] = 1, [1000] = 2}))
print(pcall(cjson.encode, 0 / 0), pcall(cjson.decode), pcall(cjson.encode))
print(safe.decode("[1, 2"), safe.encode(print))
local deep = {}
for _ = 1, 2000 do deep = {deep} end
print(pcall(cjson.encode, deep), pcall(cjson.decode, ("["):rep(2000)))
local own = cjson.new()
own.encode_number_precision(5)
own.encode_sparse_array(true)
own.encode_max_depth(5)
own.encode_keep_buffer(false)
print(own.encode(math.pi), own.encode({[1000] = 1}), pcall(own.encode, {{{{{{}}}}}}))
print(pcall(own.encode_max_depth, -1), pcall(own.encode_max_depth, "x"))
print("ok")
