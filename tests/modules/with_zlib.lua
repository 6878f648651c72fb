-- lua-zlib: deflate and inflate in one piece and as streams, gzip, checksums, errors.
local zlib = require("zlib")
local parts = {}
for i = 1, 20000 do parts[i] = ("line %d of a text that can be compressed\n"):format(i % 100) end
local text = table.concat(parts)
local compressed, finished, bytes_in, bytes_out = zlib.deflate()(text, "finish")
print(finished, bytes_in == #text, bytes_out == #compressed, #compressed < #text // 20)
print(zlib.inflate()(compressed) == text)
for level = 0, 9, 3 do
  local packed = zlib.deflate(level)(text, "finish")
  print(level, #packed, (zlib.inflate()(packed)) == text)
end
local stream, pieces = zlib.deflate(9), {}
for i = 1, #text, 5000 do pieces[#pieces + 1] = stream(text:sub(i, i + 4999), i % 50001 == 0 and "sync" or nil) end
pieces[#pieces + 1] = stream("", "finish")
local joined = table.concat(pieces)
local inflate, out = zlib.inflate(), {}
for i = 1, #joined, 333 do out[#out + 1] = (inflate(joined:sub(i, i + 332))) end
print(table.concat(out) == text)
local gzip = zlib.deflate(5, 15 + 16)("in a gzip wrapper", "finish")
print(gzip:byte(1, 2), zlib.inflate()(gzip))
print(zlib.crc32()("checksum"), zlib.adler32()("checksum"))
local crc = zlib.crc32()
crc("check")
print(crc("sum"), zlib.crc32()("") )
print(pcall(zlib.inflate(), "this is no compressed text"))
print(pcall(zlib.deflate, "bad"), pcall(zlib.deflate(), {}))
local damaged = compressed:sub(1, 100) .. "\255\0\255" .. compressed:sub(104)
print(pcall(zlib.inflate(), damaged))
print(math.type((zlib.version())))
collectgarbage()
print("ok")
