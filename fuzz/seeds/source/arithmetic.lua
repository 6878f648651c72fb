local a, b, f = math.maxinteger, math.mininteger, 0.1
return a + 1 == b, b // -1, b % -1, a * a, f * 3, 7 // 0.0, -7 % 3, 7 % -3, 5.5 // 2, 2^53 == 2^53 + 1, 1 << 63, 1 << 64, -1 >> 1,
  "10" + 5, "0x10" * 1, 3 | 4.0, 1 < 1.5, a < 1e19, math.tointeger("8"), pcall(function() return 1 // 0 end),
  pcall(function() return 1 | 1.5 end), 100000 + f, f - 100000, 3 - f, 300 & a, a & 300, -f, ~a, 10 // f, f ^ 2
