-- The io library: opening, reading by formats, iterators, writing, seeking, processes, default files (manual 6.8).
local check = dofile("support/check.lua")
local show, gives, equal, fails = check.show, check.gives, check.equal, check.fails
local interpreter = arg and arg[-1]
local MIN, MAX = math.mininteger, math.maxinteger
local name <const> = os.tmpname()
local cleaner <close> = setmetatable({}, {__close = function() os.remove(name) end})
local function fill(text)
  local file = assert(io.open(name, "wb"))
  assert(file:write(text))
  assert(file:close())
end
local function content()
  local file <close> = assert(io.open(name, "rb"))
  return file:read "a"
end
-- A file with the text, open for reading.
local function open_on(text)
  fill(text)
  return assert(io.open(name, "rb"))
end

do -- open: modes
  for _, mode in ipairs {"r", "rb", "r+", "r+b", "w", "wb", "w+", "w+b", "a", "ab", "a+", "a+b"} do
    local file = assert(io.open(name, mode))
    equal(io.type(file), "file")
    gives("true", file:close())
  end
  for _, mode in ipairs {"", "x", "rw", "+r", "r+bb+", "b", "br", "rb+", "wb+", "R", "r ", " r", "r+x", "r\n", "wx",
    "re", "w+c"} do
    fails("bad argument #2 to 'io.open' (invalid mode)", io.open, name, mode)
  end
  fails("bad argument #1 to 'io.open' (string expected, got no value)", io.open)
  fails("bad argument #1 to 'io.open' (string expected, got table)", io.open, {})
  fails("bad argument #2 to 'io.open' (string expected, got table)", io.open, name, {})
  gives("nil /no/such/file: No such file or directory 2", io.open "/no/such/file")
  gives("nil /no/such/file: No such file or directory 2", io.open("/no/such/file", "w"))
  gives("nil : No such file or directory 2", io.open "")
  gives("nil /tmp: Is a directory 21", io.open("/tmp", "w"))
  gives("nil /dev/null/x: Not a directory 20", io.open "/dev/null/x")
  equal(math.type(select(3, io.open "/no/such/file")), "integer")
  assert(io.open(name, nil)):close()
  -- what the modes do
  fill "abc"
  local file = assert(io.open(name, "a"))
  assert(file:write "def")
  file:close()
  equal(content(), "abcdef")
  file = assert(io.open(name, "r+"))
  assert(file:write "X")
  file:close()
  equal(content(), "Xbcdef")
  file = assert(io.open(name, "a+"))
  assert(file:seek("set", 0) == 0 and file:read "a" == "Xbcdef" and file:write "!")
  file:close()
  equal(content(), "Xbcdef!")
  file = assert(io.open(name, "w+"))
  assert(file:write "new" and file:seek "set" == 0 and file:read "a" == "new")
  file:close()
  assert(io.open(name, "w")):close()
  equal(content(), "")
end

do -- handles: io.type, tostring, metatable
  local file = assert(io.open(name))
  gives("file", io.type(file))
  assert(tostring(file):find "^file %(0x%x+%)$")
  equal(type(file), "userdata")
  local meta = getmetatable(file)
  equal(meta.__name, "FILE*")
  local names = {}
  for k in pairs(meta) do names[#names + 1] = k end
  table.sort(names)
  equal(table.concat(names, " "), "__close __gc __index __name __tostring")
  names = {}
  for k in pairs(meta.__index) do names[#names + 1] = k end
  table.sort(names)
  equal(table.concat(names, " "), "close flush lines read seek setvbuf write")
  equal(debug.getregistry()["FILE*"], meta)
  assert(getmetatable(io.stdout) == meta and file.read == io.stdout.read and file.nothing == nil)
  file:close()
  gives("closed file", io.type(file))
  equal(tostring(file), "file (closed)")
  gives("nil", io.type(42))
  gives("nil", io.type {})
  gives("nil", io.type(nil))
  gives("nil", io.type "file")
  fails("bad argument #1 to 'io.type' (value expected)", io.type)
  for _, method in ipairs {"close", "flush", "lines", "read", "seek", "setvbuf", "write"} do
    fails("attempt to use a closed file", file[method], file)
    fails("bad argument #1 to '?' (FILE* expected, got table)", file[method], {})
    fails("bad argument #1 to '?' (FILE* expected, got no value)", file[method])
  end
  fails("attempt to use a closed file", io.close, file)
  fails("bad argument #1 to 'read' (FILE* expected, got string)", function() local _ = file.read("x") end)
  fails("calling 'method' on bad self (FILE* expected, got table)", function()
    local other = {method = file.read}
    other:method()
  end)
  fails("attempt to index a nil value (field 'nothing')", function() return file.nothing.x end)
end

do -- write: chains, types, results
  local file = assert(io.open(name, "w"))
  assert(file:write() == file and file:write("a", 1, 2.5, -0.0, 1e100, "b") == file)
  assert(file:write("x"):write("y"):write("z\0z") == file)
  assert(file:write(MIN, " ", MAX, " ", 1 / 0, " ", 2.0 ^ 53, " ", 3.0, " ", 0.1) == file)
  fails("bad argument #2 to '?' (string expected, got nil)", file.write, file, nil)
  fails("bad argument #3 to '?' (string expected, got table)", file.write, file, "partial", {})
  fails("bad argument #2 to '?' (string expected, got boolean)", file.write, file, true)
  fails("bad argument #2 to 'write' (string expected, got nil)", function() file:write("+", nil) end)
  gives("true", file:close())
  -- floats are written as C does, without the ".0" of tostring
  equal(content(), "a12.5-01e+100bxyz\0z" .. MIN .. " " .. MAX .. " inf 9.007199254741e+15 3 0.1partial+")
  file = assert(io.open(name, "r"))
  gives("nil Bad file descriptor 9", file:write "x")
  gives("nil Bad file descriptor 9", file:write(1, "x", 2))
  file:close()
  -- a full device
  local full = io.open("/dev/full", "w")
  if full then
    assert(full:setvbuf "no")
    gives("nil No space left on device 28", full:write "x")
    gives("nil No space left on device 28", full:write(12))
    full:close()
    full = assert(io.open("/dev/full", "w"))
    assert(full:write "buffered" == full)
    gives("nil No space left on device 28", full:flush())
    full:close()
    full = assert(io.open("/dev/full", "w"))
    assert(full:write "buffered")
    gives("nil No space left on device 28", full:close())
    equal(io.type(full), "closed file")
  end
end

do -- read: lines
  local file = open_on "first\nsecond\n\nlast"
  equal(file:read(), "first")
  equal(file:read "l", "second")
  equal(file:read "L", "\n")
  equal(file:read "L", "last")
  gives("nil", file:read())
  gives("nil", file:read "l")
  gives("nil", file:read "L")
  gives("", file:read "a")
  gives("", file:read "a")
  file:close()
  file = open_on "a\nb\nc\n"
  gives("a b\n c nil", file:read("l", "L", "l", "l", "l"))
  file:close()
  file = open_on "\n\n"
  gives("  nil", file:read("l", "l", "l"))
  file:close()
  file = open_on ""
  gives("nil", file:read "l")
  gives("nil", file:read(0))
  gives("nil", file:read(1))
  gives("nil", file:read "n")
  gives("", file:read "a")
  gives(" nil", file:read("a", "l", "a"))
  file:close()
  -- the old spelling, and what follows the letter
  file = open_on "1 x\ny\nrest\nmore"
  gives("1  x", file:read("*n", "*l"))
  gives("y\n", file:read "*L")
  gives("rest\nmore", file:read "*all")
  file:close()
  file = open_on "one\ntwo\nthree"
  gives("one two\n three", file:read("line", "Line", "all"))
  file:close()
  -- zeros, carriage returns, very long lines
  file = open_on "a\0b\r\n\0\n\0"
  equal(file:read(), "a\0b\r")
  equal(file:read "L", "\0\n")
  equal(file:read(), "\0")
  equal(file:read(), nil)
  file:close()
  for _, n in ipairs {1, 511, 512, 513, 1023, 1024, 1025, 4095, 4096, 4097, 100000} do
    local long = ("0123456789"):rep(n // 10 + 1):sub(1, n)
    file = open_on(long .. "\n" .. long .. "\n\n" .. long)
    equal(file:read "l", long)
    equal(file:read "L", long .. "\n")
    equal(file:read "l", "")
    equal(file:read "L", long)
    equal(file:read "L", nil)
    assert(file:seek "set")
    equal(file:read "a", long .. "\n" .. long .. "\n\n" .. long)
    assert(file:seek "set")
    equal(file:read(n), long)
    equal(file:read(n + 5), "\n" .. long .. ("\n\n" .. long):sub(1, 4))
    file:close()
  end
end

do -- read: counts
  local file = open_on "0123456789"
  gives("012", file:read(3))
  gives("", file:read(0))
  gives("34 56", file:read(2, 2))
  gives("789", file:read(100))
  gives("nil", file:read(1))
  gives("nil", file:read(0))
  assert(file:seek "set")
  gives("0123456789", file:read(1e5))
  assert(file:seek "set")
  gives("0 1  23", file:read(1.0, 1, 0, 2))
  fails("bad argument #2 to '?' (number has no integer representation)", file.read, file, 1.5)
  fails("bad argument #2 to '?' (number has no integer representation)", file.read, file, 1e300)
  fails("bad argument #1 to 'read' (invalid format)", function() file:read "5" end)
  fails("bad argument #2 to 'read' (invalid format)", function() file:read("l", "x") end)
  file:close()
  for _, format in ipairs {"x", "", "*", "**n", " n", "0", "%d", "N", "A", "*x", "\0"} do
    file = open_on "text"
    fails("bad argument #2 to '?' (invalid format)", file.read, file, format)
    file:close()
  end
  file = open_on "text"
  fails("bad argument #2 to '?' (string expected, got table)", file.read, file, {})
  fails("bad argument #2 to '?' (string expected, got nil)", file.read, file, nil)
  fails("bad argument #2 to '?' (string expected, got boolean)", file.read, file, true)
  fails("bad argument #3 to '?' (string expected, got nil)", file.read, file, 1, nil)
  -- after a fail the other formats are not looked at
  gives("ext nil", file:read("a", 1, {}))
  file:close()
  -- formats beyond a stack's first room
  local formats, text = {}, {}
  for i = 1, 300 do formats[i], text[i] = 1, string.char(65 + i % 26) end
  file = open_on(table.concat(text))
  local found = {file:read(table.unpack(formats))}
  equal(#found, 300)
  equal(table.concat(found), table.concat(text))
  file:close()
end

do -- read: numbers
  local function number_in(text)
    local file <close> = open_on(text)
    local value = file:read "n"
    return (math.type(value) or "nil") .. " " .. tostring(value) .. " " .. tostring(file:read "a")
  end
  equal(number_in "12", "integer 12 ")
  equal(number_in "  \t\n\v\f\r 12 13", "integer 12  13")
  equal(number_in "-7x", "integer -7 x")
  equal(number_in "+7", "integer 7 ")
  equal(number_in "0", "integer 0 ")
  equal(number_in "007", "integer 7 ")
  equal(number_in "3.5", "float 3.5 ")
  equal(number_in ".5", "float 0.5 ")
  equal(number_in "5.", "float 5.0 ")
  equal(number_in "-.5e1", "float -5.0 ")
  equal(number_in "1e3", "float 1000.0 ")
  equal(number_in "1E+3", "float 1000.0 ")
  equal(number_in "1e-3,", "float 0.001 ,")
  equal(number_in "0x10", "integer 16 ")
  equal(number_in "0XfFg", "integer 255 g")
  equal(number_in "-0x8p1", "float -16.0 ")
  equal(number_in "0x.8", "float 0.5 ")
  equal(number_in "0xA.8P-1;", "float 5.25 ;")
  equal(number_in "0x7fffffffffffffff", "integer " .. MAX .. " ")
  equal(number_in "0xffffffffffffffff", "integer -1 ")
  equal(number_in "9223372036854775807", "integer " .. MAX .. " ")
  equal(number_in "9223372036854775808", "float 9.2233720368548e+18 ")
  equal(number_in "-9223372036854775808", "integer " .. MIN .. " ")
  equal(number_in "1e400", "float inf ")
  equal(number_in "1.2.3", "float 1.2 .3")
  equal(number_in "1-2", "integer 1 -2")
  equal(number_in "12e", "nil nil ")
  equal(number_in "12e+", "nil nil ")
  equal(number_in "12ex", "nil nil x")
  equal(number_in "0x", "nil nil ")
  equal(number_in "0xg", "nil nil g")
  equal(number_in "0x.p1", "nil nil p1")
  equal(number_in ".", "nil nil ")
  equal(number_in ".e1", "nil nil e1")
  equal(number_in "-", "nil nil ")
  equal(number_in "- 1", "nil nil  1")
  equal(number_in "--1", "nil nil -1")
  equal(number_in "+-1", "nil nil -1")
  equal(number_in "e5", "nil nil e5")
  equal(number_in "abc", "nil nil abc")
  equal(number_in "nan", "nil nil nan")
  equal(number_in "inf", "nil nil inf")
  equal(number_in "\0001", "nil nil \0001")
  equal(number_in "1\0002", "integer 1 \0002")
  equal(number_in "", "nil nil ")
  equal(number_in "   ", "nil nil ")
  equal(number_in "\xff1", "nil nil \xff1")
  equal(number_in "1_000", "integer 1 _000")
  equal(number_in "1,5", "integer 1 ,5")
  -- at most 200 bytes
  equal(number_in(("0"):rep(199) .. "7 x"), "integer 7  x")
  equal(number_in(("0"):rep(200) .. "7 x"), "nil nil 7 x")
  equal(number_in(("1"):rep(200)), "float 1.1111111111111e+199 ")
  equal(number_in(("1"):rep(201)), "nil nil 1")
  equal(number_in(("1"):rep(250)), "nil nil " .. ("1"):rep(50))
  equal(number_in("0." .. ("3"):rep(198)), "float 0.33333333333333 ")
  equal(number_in("0." .. ("3"):rep(199)), "nil nil 3")
  equal(number_in((" "):rep(1000) .. "5"), "integer 5 ")
  equal(number_in("1e" .. ("0"):rep(197) .. "2"), "float 100.0 ")
  local file = open_on "1 2\n3.5,0x10 \n x 5"
  gives("1 2 3.5", file:read("n", "n", "n"))
  gives(", 16 nil", file:read(1, "n", "n", "n"))
  gives("x 5", file:read "a")
  file:close()
  file = open_on "1 a 2"
  gives("1 nil", file:read("n", "n", "l"))
  file:close()
end

do -- reading what is for writing only
  local file = assert(io.open(name, "w"))
  gives("nil Bad file descriptor 9", file:read())
  gives("nil Bad file descriptor 9", file:read "a")
  gives("nil Bad file descriptor 9", file:read(1))
  gives("nil Bad file descriptor 9", file:read "n")
  gives("nil Bad file descriptor 9", file:read(0))
  fails("Bad file descriptor", file:lines())
  file:close()
  local directory = assert(io.open "/tmp")
  gives("nil Is a directory 21", directory:read())
  gives("nil Is a directory 21", directory:read "a")
  gives("nil Is a directory 21", directory:read(5))
  fails("Is a directory", directory:lines())
  directory:close()
end

do -- lines of a handle: formats, the end, no closing
  local file = open_on "a\nb\n\nc"
  local list = {}
  for line in file:lines() do list[#list + 1] = line end
  equal(table.concat(list, "|"), "a|b||c")
  equal(io.type(file), "file")
  equal(file:lines()(), nil)
  assert(file:seek "set")
  list = {}
  for line in file:lines "L" do list[#list + 1] = line end
  equal(table.concat(list, "|"), "a\n|b\n|\n|c")
  assert(file:seek "set")
  list = {}
  for a, b in file:lines(1, "l") do list[#list + 1] = show(a, b) end
  equal(table.concat(list, "|"), "a |b |\n c")
  assert(file:seek "set")
  list = {}
  for c in file:lines(2) do list[#list + 1] = c end
  equal(table.concat(list, "|"), "a\n|b\n|\nc")
  assert(file:seek "set")
  -- "a" never ends
  local all = file:lines "a"
  equal(all(), "a\nb\n\nc")
  equal(all(), "")
  equal(all(), "")
  assert(file:seek "set")
  local next_line = file:lines()
  equal(next_line("ignored", 1, 2), "a")
  equal(select("#", file:lines()), 1)
  local two = file:lines("l", "l")
  gives("b ", two())
  gives("c nil", two())
  gives("", two())
  file:close()
  fails("file is already closed", next_line)
  fails("file is already closed", two)
  file = open_on "1 2 3"
  list = {}
  for n in file:lines "n" do list[#list + 1] = n end
  equal(table.concat(list, "+"), "1+2+3")
  fails("bad argument #2 to 'for iterator' (invalid format)", function() for _ in file:lines "x" do end end)
  fails("bad argument #2 to 'for iterator' (string expected, got table)", function() for _ in file:lines({}) do end end)
  -- formats are at most 250
  local formats = {}
  for i = 1, 250 do formats[i] = 0 end
  assert(file:seek "set")
  local results = table.pack(file:lines(table.unpack(formats))())
  equal(results.n, 250)
  formats[251] = 0
  fails("bad argument #252 to '?' (too many arguments)", file.lines, file, table.unpack(formats))
  fails("bad argument #251 to 'lines' (too many arguments)", function() file:lines(table.unpack(formats)) end)
  fails("bad argument #252 to 'io.lines' (too many arguments)", io.lines, name, table.unpack(formats))
  file:close()
end

do -- io.lines with a name: closes at the end and when the loop is left
  fill "a\nb\nc"
  local list = {}
  for line in io.lines(name) do list[#list + 1] = line end
  equal(table.concat(list, "|"), "a|b|c")
  local f, state, control, file = io.lines(name)
  assert(type(f) == "function" and state == nil and control == nil and io.type(file) == "file")
  equal(f(), "a")
  file:close()
  fails("file is already closed", f)
  f, state, control, file = io.lines(name, 1, "a")
  gives("a \nb\nc", f())
  gives("", f())
  equal(io.type(file), "closed file")
  fails("file is already closed", f)
  -- break, return, error
  local handle
  local function loop(what)
    local iterator, s, c, closing = io.lines(name)
    handle = closing
    for line in iterator, s, c, closing do
      if what == "break" then break end
      if what == "return" then return line end
      error("left", 0)
    end
  end
  loop "break"
  equal(io.type(handle), "closed file")
  equal(loop "return", "a")
  equal(io.type(handle), "closed file")
  fails("left", loop, "error")
  equal(io.type(handle), "closed file")
  list = {}
  for l, n in io.lines(name, "L", 1) do list[#list + 1] = show(l, n) end
  equal(table.concat(list, "|"), "a\n b|\n c")
  fails("cannot open file '/no/such/file' (No such file or directory)", io.lines, "/no/such/file")
  fails("cannot open file '/no/such/file' (No such file or directory)",
    function() for _ in io.lines "/no/such/file" do end end)
  fails("bad argument #1 to 'io.lines' (string expected, got table)", io.lines, {})
  fails("bad argument #1 to 'io.lines' (string expected, got boolean)", io.lines, false)
  fails("bad argument #1 to 'io.lines' (string expected, got FILE*)", io.lines, io.stdout)
  fails("bad argument #2 to 'for iterator' (invalid format)", function() for _ in io.lines(name, "x") do end end)
end

do -- seek
  local file = open_on "0123456789"
  equal(file:seek(), 0)
  equal(file:seek "cur", 0)
  equal(file:seek "end", 10)
  equal(file:read(1), nil)
  equal(file:seek("set", 3), 3)
  equal(file:read(2), "34")
  equal(file:seek(), 5)
  equal(file:seek("cur", -1), 4)
  equal(file:read(1), "4")
  equal(file:seek("end", -2), 8)
  equal(file:read "a", "89")
  equal(file:seek "set", 0)
  equal(file:seek("cur", 100), 100)
  equal(file:read(1), nil)
  equal(math.type(file:seek()), "integer")
  gives("nil Invalid argument 22", file:seek("set", -1))
  gives("nil Invalid argument 22", file:seek("end", -11))
  gives("nil Invalid argument 22", file:seek("set", MIN))
  equal(file:seek(nil, nil), 100)
  equal(file:seek("set", "2"), 2)
  equal(file:seek("set", 4.0), 4)
  fails("bad argument #2 to '?' (invalid option 'begin')", file.seek, file, "begin")
  fails("bad argument #1 to 'seek' (invalid option 'begin')", function() file:seek "begin" end)
  fails("bad argument #2 to '?' (invalid option '5')", file.seek, file, 5)
  fails("bad argument #2 to '?' (string expected, got table)", file.seek, file, {})
  fails("bad argument #3 to '?' (number expected, got string)", file.seek, file, "set", "x")
  fails("bad argument #3 to '?' (number has no integer representation)", file.seek, file, "set", 1.5)
  file:close()
  -- writing behind the end leaves zeros
  file = assert(io.open(name, "w"))
  equal(file:seek("set", 3), 3)
  assert(file:write "x")
  equal(file:seek(), 4)
  equal(file:seek("set", 1 << 33), 1 << 33)
  file:close()
  equal(content(), "\0\0\0x")
  local pipe = assert(io.popen "exit 0")
  gives("nil Illegal seek 29", pipe:seek())
  pipe:close()
  -- reading after writing, with a seek or flush in between
  file = assert(io.open(name, "w+"))
  assert(file:write "hello world")
  assert(file:seek("set", 6))
  equal(file:read(5), "world")
  assert(file:seek("cur", 0))
  assert(file:write "!")
  assert(file:seek "set")
  equal(file:read "a", "hello world!")
  assert(file:seek("set", 0))
  assert(file:write "J")
  assert(file:flush())
  assert(file:seek("set", 0))
  equal(file:read(), "Jello world!")
  file:close()
end

do -- setvbuf and flush
  local file = assert(io.open(name, "w"))
  gives("true", file:setvbuf "full")
  assert(file:write "x")
  equal(content(), "")
  assert(file:write "" == file)
  assert(file:flush())
  equal(content(), "x")
  gives("true", file:setvbuf("full", 1024))
  file:close()
  file = assert(io.open(name, "w"))
  gives("true", file:setvbuf "no")
  assert(file:write "y")
  equal(content(), "y")
  file:close()
  file = assert(io.open(name, "w"))
  gives("true", file:setvbuf "line")
  assert(file:write "line\n")
  equal(content(), "line\n")
  assert(file:write "part")
  file:close()
  equal(content(), "line\npart")
  file = assert(io.open(name))
  fails("bad argument #2 to '?' (string expected, got no value)", file.setvbuf, file)
  fails("bad argument #2 to '?' (invalid option 'none')", file.setvbuf, file, "none")
  fails("bad argument #3 to '?' (number expected, got string)", file.setvbuf, file, "no", "x")
  file:close()
end

do -- closing: results, __gc, __close
  local file = assert(io.open(name))
  gives("true", io.close(file))
  fails("attempt to use a closed file", io.close, file)
  do
    local inner <close> = assert(io.open(name))
    file = inner
    equal(io.type(file), "file")
  end
  equal(io.type(file), "closed file")
  do
    local inner <close> = assert(io.open(name))
    inner:close() -- closing it again does nothing
  end
  local meta = getmetatable(file)
  file = assert(io.open(name))
  meta.__gc(file)
  equal(io.type(file), "closed file")
  meta.__gc(file)
  meta.__close(file)
  fails("bad argument #1 to '?' (FILE* expected, got table)", meta.__gc, {})
  fails("bad argument #1 to '?' (FILE* expected, got no value)", meta.__tostring)
  -- a file nobody closes is flushed when it is collected
  do
    local lost = assert(io.open(name, "w"))
    lost:setvbuf "full"
    lost:write "collected"
  end
  (function() end)() -- takes the register
  collectgarbage()
  collectgarbage()
  equal(content(), "collected")
  fails("bad argument #1 to 'io.close' (FILE* expected, got table)", io.close, {})
  fails("bad argument #1 to 'io.close' (FILE* expected, got nil)", io.close, nil)
end

do -- standard files cannot be closed
  gives("nil cannot close standard file", io.stderr:close())
  gives("nil cannot close standard file", io.stdout:close())
  gives("nil cannot close standard file", io.close(io.stdin))
  gives("nil cannot close standard file", io.close())
  equal(io.type(io.stderr), "file")
  getmetatable(io.stderr).__gc(io.stderr)
  equal(io.type(io.stderr), "file")
  assert(io.stdin ~= io.stdout and tostring(io.stdin):find "^file %(0x")
  assert(io.input() == io.stdin and io.output() == io.stdout)
  gives("true", io.stdout:flush() and true)
end

do -- default files
  fill "in1\nin2\n33 tail\nrest"
  local file = io.input(name)
  assert(io.input() == file and io.type(file) == "file" and file ~= io.stdin)
  equal(io.read(), "in1")
  equal(io.read "L", "in2\n")
  gives("33  tail", io.read("n", "l"))
  equal(io.read(0), "")
  equal(io.read "a", "rest")
  gives("nil", io.read())
  assert(file:seek "set")
  local list = {}
  for line in io.lines() do list[#list + 1] = line end
  equal(#list, 4)
  equal(io.type(file), "file") -- the default input stays open
  assert(file:seek "set")
  list = {}
  for a, b in io.lines(nil, 2, "l") do list[#list + 1] = a .. "+" .. b end
  equal(table.concat(list, "|"), "in+1|in+2|33+ tail|re+st")
  equal(select("#", io.lines()), 1)
  file:close()
  fails("default input file is closed", io.read)
  fails("default input file is closed", io.read, "a")
  fails("attempt to use a closed file", io.lines)
  assert(io.input() == file)
  equal(io.input(io.stdin), io.stdin)
  equal(io.input(), io.stdin)
  fails("cannot open file '/no/such/file' (No such file or directory)", io.input, "/no/such/file")
  fails("bad argument #1 to 'io.input' (FILE* expected, got table)", io.input, {})
  fails("attempt to use a closed file", io.input, file)
  equal(io.input(), io.stdin)

  file = io.output(name)
  assert(io.output() == file and io.type(file) == "file")
  local written, again = io.write("a", 1), io.write()
  local flushed = io.flush()
  local seen = content()
  local closed = table.pack(io.close())
  local good, message = pcall(io.write, "x")
  local good2, message2 = pcall(io.flush)
  local good3, message3 = pcall(io.close)
  local back = io.output(io.stdout)
  assert(written == file and again == file and back == io.stdout and io.output() == io.stdout)
  assert(flushed == true or flushed == file)
  equal(seen, "a1")
  gives("true", table.unpack(closed))
  gives("false default output file is closed", good, message)
  gives("false default output file is closed", good2, message2)
  gives("false attempt to use a closed file", good3, message3)
  fails("bad argument #1 to 'io.output' (FILE* expected, got boolean)", io.output, true)
  fails("cannot open file '/no/such/file' (No such file or directory)", io.output, "/no/such/file")
  fails("bad argument #1 to 'io.write' (string expected, got table)", io.write, {})
  equal(io.output(), io.stdout)
  -- a number is a name
  assert(io.output(nil) == io.stdout and io.input(nil) == io.stdin)
end

do -- tmpfile
  local file = assert(io.tmpfile())
  equal(io.type(file), "file")
  assert(file:write("tmp ", 1) == file and file:seek "set" == 0)
  equal(file:read "a", "tmp 1")
  gives("true", file:close())
end

do -- popen
  local pipe = assert(io.popen "echo one; echo two")
  equal(io.type(pipe), "file")
  gives("one two nil", pipe:read("l", "l", "l"))
  gives("true exit 0", pipe:close())
  equal(io.type(pipe), "closed file")
  pipe = assert(io.popen("cat >" .. name, "w"))
  assert(pipe:write("to the ", "process ", 1) == pipe)
  gives("true exit 0", pipe:close())
  equal(content(), "to the process 1")
  gives("nil exit 7", assert(io.popen "exit 7"):close())
  gives("nil exit 127", assert(io.popen "surely-no-such-command 2>/dev/null"):close())
  gives("nil signal 15", assert(io.popen "kill -TERM $$"):close())
  gives("nil signal 9", io.close(assert(io.popen "kill -KILL $$")))
  pipe = assert(io.popen("cat", "w"))
  gives("nil Bad file descriptor 9", pipe:read())
  gives("true exit 0", pipe:close())
  pipe = assert(io.popen("printf 'a\\nb\\n'", "r"))
  local list = {}
  for line in pipe:lines() do list[#list + 1] = line end
  equal(table.concat(list, "|"), "a|b")
  pipe:close()
  do
    local closed <close> = assert(io.popen "exit 3")
    pipe = closed
  end
  equal(io.type(pipe), "closed file")
  pipe = assert(io.popen("head -c 300000 /dev/zero"))
  equal(pipe:read "a", ("\0"):rep(300000))
  pipe:close()
  for _, mode in ipairs {"", "rw", "x", "r+", "rb", "a", "wb", " r"} do
    fails("bad argument #2 to 'io.popen' (invalid mode)", io.popen, "true", mode)
  end
  fails("bad argument #1 to 'io.popen' (string expected, got no value)", io.popen)
  fails("bad argument #1 to 'io.popen' (string expected, got table)", io.popen, {})
  assert(io.popen("exit 0", nil)):close()
end

do -- in child processes: standard input, what comes out in which order, buffers at the end
  local script <const> = os.tmpname()
  local remover <close> = setmetatable({}, {__close = function() os.remove(script) end})
  local function child(code, redirect)
    local file = assert(io.open(script, "w"))
    file:write(code):close()
    local pipe = assert(io.popen(("'%s' '%s' %s 2>&1"):format(interpreter, script, redirect)))
    local text = pipe:read "a"
    pipe:close()
    return text
  end
  fill "line 1\nline 2\n12 rest"
  equal(child("print(io.read()) for l in io.lines() do print('<' .. l .. '>') end", "<" .. name),
    "line 1\n<line 2>\n<12 rest>\n")
  equal(child("print(io.stdin:read('L', 'l', 'n', 'a'))", "<" .. name), "line 1\n\tline 2\t12\t rest\n")
  equal(child("print(io.read())", "</dev/null"), "nil\n")
  -- io.popen brings out what was written before; os.execute does not
  equal(child("io.write('a') io.popen('printf b', 'w'):close() io.write('c')", "</dev/null"), "abc")
  equal(child("io.write('a') os.execute('printf b') io.write('c')", "</dev/null"), "bac")
  equal(child("io.write('a') io.flush() os.execute('printf b') io.write('c')", "</dev/null"), "abc")
  equal(child("io.write('a') io.popen('cat', 'w'):write('b'):close() io.write('c')", "</dev/null"), "abc")
  equal(child("local f = io.open(arg[1], 'w') f:setvbuf('full') f:write('kept')", name .. " </dev/null"), "")
  equal(content(), "kept")
  equal(child("io.stdout:setvbuf('no') io.stderr:write('e', 1, '\\n') io.write('o')", "</dev/null"), "e1\no")
  equal(child("io.output():close() print(io.close())", "</dev/null"), "nil\tcannot close standard file\n")
  equal(child("print(io.read('n', 'n'))", "</dev/null"), "nil\n")
end

print("ok")
