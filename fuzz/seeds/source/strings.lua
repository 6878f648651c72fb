local t = {}
for w in ("one two  three"):gmatch("%a+") do t[#t + 1] = w:upper():rep(2, "-") end
local s = table.concat(t, ";") .. string.format("%5.2f %q %x %s", 1.5, "a\0\n", 255, {})
s = s:gsub("%w+", function(w) return #w % 2 == 0 and w:reverse() or nil end)
s = [==[
long ]] string]==] .. '\u{20ac}\x41\65\z
      tail' .. utf8.char(228, 8364, 0x10ffff)
for p, c in utf8.codes(utf8.char(1, 200, 70000)) do s = s .. c end
return #s, s:byte(1, 3), s:find("[^%z\1-\127]"), string.pack("<i4z", 7, "z"), tostring(1e15), 0x7p-2
