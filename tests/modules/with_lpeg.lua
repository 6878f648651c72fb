-- LPeg: JSON and arithmetic grammars over some megabytes, captures of all kinds, the re module, errors.
local lpeg, re = require("lpeg"), require("re")
local support = dofile("../programs/support/prelude.lua")
local random = support.random(5)
local P, R, S, V, C, Ct, Cf, Cg, Cs, Cc = lpeg.P, lpeg.R, lpeg.S, lpeg.V, lpeg.C, lpeg.Ct, lpeg.Cf, lpeg.Cg, lpeg.Cs, lpeg.Cc

do -- arithmetic
  local space = S(" \t\n") ^ 0
  local number = C(R("09") ^ 1) / tonumber * space
  local function apply(a, op, b)
    if op == "+" then return a + b elseif op == "-" then return a - b elseif op == "*" then return a * b else return b == 0 and 0 or a // b end
  end
  local grammar = P({"sum",
    sum = Cf(V("product") * Cg(C(S("+-")) * space * V("product")) ^ 0, apply),
    product = Cf(V("atom") * Cg(C(S("*/")) * space * V("atom")) ^ 0, apply),
    atom = number + P("(") * space * V("sum") * P(")") * space,
  }) * -1
  for _, source in ipairs {"1 + 2 * 3", "(1 + 2) * 3 - 4 / 2", "2 * (3 + (4 - 1) * 5)", "1 +", ""} do print(source, grammar:match(source)) end
  local parts = {}
  for i = 1, 150000 do parts[i] = (i % 10 == 0 and "(%d * %d)" or "%d"):format(random(1, 9999), random(1, 99)) end
  local text = table.concat(parts, " + ")
  print(#text > 1000000, grammar:match(text))
end

do -- JSON
  local space = S(" \t\r\n") ^ 0
  local escapes = {b = "\b", f = "\f", n = "\n", r = "\r", t = "\t"}
  local text = P('"') * Cs((P("\\") / "" * (P("u") / "" * (R("09", "af", "AF") ^ -4 / function(h) return utf8.char(tonumber(h, 16)) end) +
    C(1) / function(c) return escapes[c] or c end) + (1 - S('"\\'))) ^ 0) * '"' * space
  local number = C(P("-") ^ -1 * R("09") ^ 1 * ("." * R("09") ^ 1) ^ -1 * (S("eE") * S("+-") ^ -1 * R("09") ^ 1) ^ -1) / tonumber * space
  local json = P {"document",
    document = space * V("value") * -1,
    value = text + number + V("array") + V("object") + P("true") * space * Cc(true) + P("false") * space * Cc(false) + P("null") * space * Cc("null"),
    array = Ct("[" * space * (V("value") * ("," * space * V("value")) ^ 0) ^ -1 * "]" * space),
    pair = Cg(text * ":" * space * V("value")),
    object = Cf(Ct("") * "{" * space * (V("pair") * ("," * space * V("pair")) ^ 0) ^ -1 * "}" * space, rawset),
  }
  local items = {}
  for i = 1, 25000 do items[i] = ('{"id": %d, "name": "n\\u00e9 %d\\n", "list": [1.5, -2e3, true, null, []], "o": {"k": "%s"}}'):format(i, i, ("v"):rep(i % 50)) end
  local source = "[" .. table.concat(items, ",\n") .. "]"
  local value = json:match(source)
  print(#source > 2000000, #value, value[4999].name, value[25000].list[2], value[50].o.k, json:match(source:sub(1, -2)))
end

do -- captures
  local field = P('"') * Cs(((P(1) - '"') + P('""') / '"') ^ 0) * '"' + C((1 - S(',\n"')) ^ 0)
  local record = Ct(field * ("," * field) ^ 0) * (P("\n") + -1)
  print(table.concat(record:match('a,"b ""q""",,d'), "|"))
  print(Cs((P("cat") / "dog" + 1) ^ 0):match("the cat sat on a cat"), lpeg.match(lpeg.Cp() * "x", "x"), (P("ab") ^ -2):match("ababab"))
  print(Ct((Cg(Cc("k"), "name") * C(1)) ^ 1):match("abc").name, lpeg.Cmt("a", function(s, i, c) return i, c .. "!", #s end):match("abc"))
  print(lpeg.Carg(1):match("", 1, "extra"), (lpeg.B("a") * "b"):match("ab", 2), lpeg.locale().digit:match("5"), (C(1) / {x = "y"}):match("x"))
  print((C(1) * C(1) / 2):match("ab"), (C(1) * C(1) / "%2%1"):match("ab"), (Cg(C(1), "first") * C(1) * lpeg.Cb("first")):match("ab"))
  print((#P("a") * C(1)):match("a"), (-P("a") * C(1)):match("b"), (P("a") - "ab"):match("ab"), select("#", (C(1) ^ 0):match(("x"):rep(200))))
  print(re.match("the number 423 is odd", "{%a+} %s* {%a+} %s* {[0-9]+}"), re.gsub("hello world", "[aeiou]", "*"), re.find("hello", "'l'+"))
  print(re.compile([[ list <- {| item (',' item)* |}  item <- {[a-z]+} / %nl ]]):match("ab,cd,ef")[3])
end

do -- errors, and matching inside coroutines and functions that raise
  print(pcall(lpeg.P, {}), pcall(lpeg.match, V("x"), ""), pcall(function() return P("x") ^ "bad" end))
  print(pcall(function() return P {"a", a = V("a") * "x"} end))
  print(pcall(function() return (P("") ^ 0):match("x") end))
  print(pcall(lpeg.match, C(1) / function() error("in capture", 0) end, "x"))
  print(type(select(2, pcall(lpeg.match, lpeg.Cmt(1, function() error({}) end), "x"))))
  local grammar = C(R("az") ^ 1) * " " * C(R("az") ^ 1)
  print(coroutine.wrap(function() coroutine.yield(grammar:match("ab cd")) end)())
  print(pcall(lpeg.match, P {"(" * V(1) ^ 0 * ")"}, ("("):rep(1000)))
  lpeg.setmaxstack(10000)
  print(lpeg.match(P {"(" * V(1) ^ 0 * ")"}, ("("):rep(1000) .. (")"):rep(1000)), lpeg.type(grammar), lpeg.type("x"))
end
print("ok")
