-- Compiled modules: Debian's builds of LPeg, lua-cjson and LuaFileSystem were made against stock lua.h and are loaded as they are.
local support = dofile("support/prelude.lua")
local lpeg, cjson, lfs = require("lpeg"), require("cjson"), require("lfs")
local random = support.random(5)

-- LPeg: a grammar for arithmetic, a CSV reader, captures of all kinds
local P, R, S, V, C, Ct, Cf, Cg, Cs = lpeg.P, lpeg.R, lpeg.S, lpeg.V, lpeg.C, lpeg.Ct, lpeg.Cf, lpeg.Cg, lpeg.Cs
local space = S(" \t") ^ 0
local number = C(R("09") ^ 1) / tonumber * space
local function apply(a, op, b)
  if op == "+" then return a + b elseif op == "-" then return a - b elseif op == "*" then return a * b else return a // b end
end
local grammar = P({"sum",
  sum = Cf(V("product") * Cg(C(S("+-")) * space * V("product")) ^ 0, apply),
  product = Cf(V("atom") * Cg(C(S("*/")) * space * V("atom")) ^ 0, apply),
  atom = number + P("(") * space * V("sum") * P(")") * space,
}) * -1
for _, source in ipairs {"1 + 2 * 3", "(1 + 2) * 3 - 4 / 2", "2 * (3 + (4 - 1) * 5)", "1 +", ""} do print(source, grammar:match(source)) end
local parts = {}
for i = 1, 3000 do parts[i] = tostring(random(1, 999)) end
print(grammar:match(table.concat(parts, " + ")))
local field = P('"') * Cs(((P(1) - '"') + P('""') / '"') ^ 0) * '"' + C((1 - S(',\n"')) ^ 0)
local record = Ct(field * ("," * field) ^ 0) * (P("\n") + -1)
print(table.concat(record:match('a,"b ""q""",,d'), "|"))
print(Cs((P("cat") / "dog" + 1) ^ 0):match("the cat sat on a cat"), lpeg.match(lpeg.Cp() * "x", "x"), lpeg.type(grammar), (P("ab") ^ -2):match("ababab"))
print(Ct((Cg(lpeg.Cc("k"), "name") * C(1)) ^ 1):match("abc").name, lpeg.Cmt("a", function(s, i, c) return i, c .. "!", #s end):match("abc"))
print(pcall(lpeg.P, {}), pcall(lpeg.match, V("x"), ""), pcall(function() return P("x") ^ "bad" end))
print(lpeg.Carg(1):match("", 1, "extra"), (lpeg.B("a") * "b"):match("ab", 2), lpeg.locale().digit:match("5"))

-- cjson
local value = cjson.decode('{"list": [1, 2.5, -3e10, true, null, "\\u00e9"], "empty": {}}')
print(value.list[1], value.list[2], value.list[3], value.list[4], value.list[5] == cjson.null, value.list[6], next(value.empty))
local items = {}
for i = 1, 5000 do items[i] = {i, tostring(i), i % 2 == 0, {i / 4}} end
local encoded = cjson.encode(items)
print(#encoded, support.checksum(encoded), support.equal(cjson.decode(encoded), items))
print(pcall(cjson.decode, "[1, 2"), pcall(cjson.decode, "{bad}"), pcall(cjson.encode, print), pcall(cjson.encode, {[1] = 1, x = 2}))
local deep = {}
for _ = 1, 2000 do deep = {deep} end
print(pcall(cjson.encode, deep))

-- LuaFileSystem: user data with metatables, iterators with closing values
local name = os.tmpname()
os.remove(name)
print(lfs.mkdir(name), lfs.attributes(name, "mode"), lfs.attributes(name .. "/none", "mode") == nil)
for i = 1, 5 do io.open(name .. "/f" .. i, "w"):write(("x"):rep(i)):close() end
local found = {}
for entry in lfs.dir(name) do if entry:sub(1, 1) ~= "." then found[#found + 1] = entry .. lfs.attributes(name .. "/" .. entry).size end end
table.sort(found)
print(table.concat(found, " "))
local iterate, handle = lfs.dir(name)
iterate(handle)
print(handle:close(), pcall(iterate, handle))
for i = 1, 5 do os.remove(name .. "/f" .. i) end
print(lfs.rmdir(name), lfs.touch(name .. "/x") == nil, pcall(lfs.dir, name .. "/x") == false, io.type(lfs.lock_dir and io.stdout))
collectgarbage()
print("ok")
