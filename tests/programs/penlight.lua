-- Penlight: lists, maps, sets, strings, lexers, templates, classes, comprehensions, data and XML, with work for each.
local support = dofile("support/prelude.lua")
local List, OrderedMap, Set, MultiMap = require("pl.List"), require("pl.OrderedMap"), require("pl.Set"), require("pl.MultiMap")
local stringx, tablex, seq, text = require("pl.stringx"), require("pl.tablex"), require("pl.seq"), require("pl.text")
local pretty, lexer, template, class = require("pl.pretty"), require("pl.lexer"), require("pl.template"), require("pl.class")
local data, sip, xml = require("pl.data"), require("pl.sip"), require("pl.xml")
local array2d, permute, func, types = require("pl.array2d"), require("pl.permute"), require("pl.func"), require("pl.types")
local comprehension, stringio, config, utils = require("pl.comprehension").new(), require("pl.stringio"), require("pl.config"), require("pl.utils")
local random = support.random(3)

-- lists
local numbers = List.range(1, 2000)
print(#numbers, numbers:filter(function(x) return x % 7 == 0 end):len(), numbers:map("*", 2):reduce("+"), numbers:slice(10, 15))
local shuffled = List()
for _ = 1, 3000 do shuffled:append(random(1, 100000)) end
local sorted = shuffled:clone():sort()
print(support.checksum(sorted:concat(",")), sorted[1], sorted[#sorted], shuffled:index(shuffled[777]), sorted:reverse():slice(1, 3))
print(List("hello"):chop(2, 3), List({1, 2, 3}) .. List({4}), List({3, 1, 2}):sorted(">"), List.split("a b  c"), List({1, 2, 2, 3}):count(2))
print(List({{1}, {2}}) == List({{1}, {2}}), List({1, 2}) == List({1, 2}), pcall(function() return List({1}):insert("x", 1) end))

-- maps and sets
local ordered = OrderedMap()
for i = 50, 1, -1 do ordered:set("key" .. i, i * i) end
ordered:set("key25", nil)
print(#ordered:keys(), ordered:keys():slice(1, 4), ordered:get("key7"), tostring(OrderedMap({{b = 1}, {a = 2}})))
local a, b = Set({1, 2, 3, 4}), Set({3, 4, 5})
print(#Set.values(a * b), #Set.values(a + b), #Set.values(a - b), #Set.values(a ^ b), a < Set({1, 2, 3, 4, 5}), Set.isdisjoint(a, Set({9})), List(Set.values(a * b)):sort())
local multi = MultiMap()
multi:set("x", 1) multi:set("x", 2)
print(List(multi.x))

-- tables
print(pretty.write({1, {2, "three"}, {{}}}), pretty.write({4, 5}, ""), pretty.read("{a = 1, b = {2}}").b[1], pretty.read("{os.exit()}"))
print(tablex.deepcompare({1, {2, x = {}}}, {1, {2, x = {}}}), tablex.find({5, 6, 7}, 7), #tablex.keys({a = 1, b = 2}), pretty.number(123456, "M"), pretty.number(12345, "T"))
local sums = {}
for k, v in tablex.sort(tablex.map(function(v) return v * 2 end, {x = 1, y = 2, z = 3})) do sums[#sums + 1] = k .. v end
print(table.concat(sums, " "), tablex.reduce("+", {1, 2, 3}), tablex.zip({1, 2}, {3, 4})[2][1], tablex.size(tablex.merge({a = 1}, {b = 2}, true)))
print(array2d.reduce_rows("+", {{1, 2}, {3, 4}})[2], array2d.flatten({{1, 2}, {3}})[3], #permute.table({1, 2, 3, 4, 5}))

-- strings
print(stringx.split("a,b,,c", ","), stringx.strip("  x y "), stringx.partition("a=b=c", "="), stringx.rpartition("a=b=c", "="), stringx.center("mid", 11, "*"))
print(stringx.replace("banana", "an", "AN", 1), stringx.count("banana", "an"), stringx.title("hello big world"), stringx.expandtabs("a\tb", 4), stringx.shorten("long text here", 9))
print(stringx.isalpha("abc"), stringx.isdigit("12a"), stringx.startswith("abc", {"x", "a"}), stringx.lfind("hello", "l"), stringx.rfind("hello", "l"), stringx.quote_string("a]]b\n"))
print(stringx.splitlines("one\ntwo\r\nthree"), stringx.join("-", {1, 2, 3}), stringx.islower("abc"), stringx.lines("a\nb")())
local words = {}
for i = 1, 4000 do words[i] = string.char(random(97, 122)):rep(random(1, 9)) end
print(support.checksum(tostring(text.fill(table.concat(words, " "), 72))), text.dedent("    a\n      b\n"), text.indent("a\nb", 3, "."))
print(text.Template("Hello ${name}, $what"):substitute({name = "World", what = 5}), ("%s = %d"):format("x", 3))

-- lexer: the sources of Penlight itself
local counts = OrderedMap()
local path = assert(package.searchpath("pl.tablex", package.path))
for kind, value in lexer.lua(utils.readfile(path), {space = true}) do counts:set(kind, (counts:get(kind) or 0) + 1) end
counts:sort()
print(tostring(counts))

-- templates
local page = assert(template.substitute([[
# for i, item in ipairs(items) do
<li class="$(i % 2 == 0 and 'even' or 'odd')">$(item:upper())</li>
# end
$(total) in all
]], {items = {"one", "two", "three"}, total = 3, ipairs = ipairs}))
print(page)
print(template.substitute("# for bad do", {}))

-- classes
local Animal = class()
function Animal:_init(name) self.name = name end
function Animal:__tostring() return self.name .. ": " .. self:speak() end
local Dog = class(Animal)
function Dog:speak() return "bark" end
local Cat = class(Animal)
function Cat:_init(name, breed)
  self:super(name)
  self.breed = breed
end
function Cat:speak() return "meow" end
local fido, felix = Dog("Fido"), Cat("Felix", "Tabby")
print(tostring(fido), tostring(felix), felix.breed, fido:is_a(Animal), Dog:class_of(felix), types.type(fido) == Dog)

-- comprehensions, sequences, placeholders
print(List(comprehension("x^2 for x=1,10 if x % 2 == 0")()), comprehension("sum(x for x=1,n)")and comprehension("sum(x for x)")({1, 2, 3}), comprehension("table(x, #x for x)")({"a", "bcd"}).bcd)
print(seq.sum(seq.map("*", seq.range(1, 100), 3)), List(seq.take(seq.filter(seq.range(1, 1000), function(x) return x % 13 == 0 end), 5)), seq.count_map({"a", "b", "a"}).a)
local _1, _2 = func._1, func._2
print(func.I(_1 + _2 * 2)(3, 4), tablex.map(_1 * 10, {1, 2})[2], func.I(_1 .. "!")("hey"), tostring(_1 + _2 * 2), func.compose(math.abs, math.floor)(-2.5))

-- data, sip, configuration, XML
local rows = {"name,age,city"}
for i = 1, 1500 do rows[#rows + 1] = ("person%d,%d,city%d"):format(i, random(1, 90), i % 17) end
local csv = data.read(stringio.open(table.concat(rows, "\n")), {csv = true})
local ages = csv:column_by_name("age")
print(#csv, ages:reduce("+"), support.checksum(table.concat(csv:column_by_name("city"), ";")), data.query(csv, "name where age > 80 sort by name")())
local parsed = {}
print(sip.match("$v{key} = $i{value} # $r{note}", "depth = 42 # the rest", parsed), parsed.key, parsed.value, parsed.note, sip.compile("$d{day}/$d{month}")("1/2", parsed), parsed.month)
local read = config.read(stringio.open("# comment\nport = 8080\nhosts = a,b,c\n[section]\nrate = 1.5\n"))
print(read.port, List(read.hosts), read.section.rate)
local document = xml.parse("<root a='1'><item id='x'>text</item><item>more &amp; more</item><empty/></root>", false, true)
print(xml.tostring(document), #document, document:get_elements_with_name("item")[2][1], document.attr.a)
local tree = xml.new("list")
for i = 1, 300 do tree:addtag("entry", {number = tostring(i)}):text("value <" .. i .. ">"):up() end
print(support.checksum(xml.tostring(tree, "", "  ")), xml.compare(xml.parse(xml.tostring(tree), false, true), tree))
local out = stringio.create()
out:writef("%d-%s", 5, "x")
print(out:value(), pcall(utils.assert_arg, 1, "x", "number"))
print("ok")
