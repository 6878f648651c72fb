-- luaunit: a small suite with passes, failures, errors and skips, reported in two formats. The clock stands still.
dofile("support/prelude.lua")
os.clock = function() return 0 end
os.date = function() return "2026-01-01T00:00:00" end
local lu = require("luaunit")

TestNumbers = {}
function TestNumbers:setUp() self.value = 21 end
function TestNumbers:test_double() lu.assertEquals(self.value * 2, 42) end
function TestNumbers:test_almost() lu.assertAlmostEquals(0.1 + 0.2, 0.3, 1e-12) end
function TestNumbers:test_types() lu.assertIsNumber(1) lu.assertIsString("x") lu.assertIsTable({}) lu.assertIsFunction(print) lu.assertIsThread(coroutine.create(print)) end
function TestNumbers:test_wrong() lu.assertEquals(self.value, 22) end
function TestNumbers:test_nan() lu.assertIsNaN(0 / 0) lu.assertIsInf(1 / 0) lu.assertIsMinusZero(-0.0) end
function TestNumbers:test_margin() lu.assertAlmostEquals(1, 1.5, 0.1) end

TestTables = {}
function TestTables:test_equal() lu.assertEquals({1, 2, {a = {b = 3}}}, {1, 2, {a = {b = 3}}}) end
function TestTables:test_items() lu.assertItemsEquals({3, 1, 2}, {1, 2, 3}) end
function TestTables:test_lists_differ() lu.assertEquals({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 12}) end
function TestTables:test_small_difference() lu.assertEquals({1, "two"}, {1, "three"}) end
function TestTables:test_contains() lu.assertTableContains({1, 2, 3}, 2) lu.assertNotTableContains({1}, 2) end

TestErrors = {}
function TestErrors:test_message() lu.assertErrorMsgContains("boom", function() error("big boom") end) end
function TestErrors:test_equals() lu.assertErrorMsgEquals("plain", function() error("plain", 0) end) end
function TestErrors:test_table() lu.assertErrorMsgEquals({code = 3}, function() error({code = 3}) end) end
function TestErrors:test_none() lu.assertError(function() end) end
function TestErrors:test_pattern() lu.assertErrorMsgMatches(".*attempt to %a+ a nil value.*", function() local x = nil; x() end) end
function TestErrors:test_skip() lu.skip("not today") end
function TestErrors:test_success() lu.success() end
function TestErrors:test_fail() lu.fail("on purpose") end
function TestErrors:test_error() error("unexpected", 0) end
function TestErrors:tearDown() end

TestStrings = {}
function TestStrings:test_contains() lu.assertStrContains("hello world", "o w") lu.assertStrIContains("HELLO", "ell") lu.assertNotStrContains("a", "b") end
function TestStrings:test_matches() lu.assertStrMatches("2026-01-01", "%d+%-%d+%-%d+") end
function TestStrings:test_long() lu.assertEquals(("line\n"):rep(3), ("line\n"):rep(2) .. "other\n") end

for _, format in ipairs {"tap", "text"} do
  local runner = lu.LuaUnit.new()
  runner:setOutputType(format)
  runner.verbosity = lu.VERBOSITY_QUIET
  print("code", runner:runSuite("-p", "Test"))
end
print(lu.prettystr({1, 2, x = {y = "z"}, [true] = 1.5}), lu.prettystr("a\nb"), lu.prettystr("quote's"))
print(lu.private.__genSortedIndex and table.concat(lu.private.__genSortedIndex({c = 1, a = 2, b = 3}), " "))
print("ok")
