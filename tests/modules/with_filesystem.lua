-- LuaFileSystem: directories, attributes, links, locks, iterators with closing values, errors.
local lfs = require("lfs")
local name = os.tmpname()
os.remove(name)
local function plain(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = type(t[i]) == "string" and (t[i]:gsub(name, "NAME", 1)) or t[i] end
  print(table.unpack(t, 1, t.n))
end
plain(lfs.mkdir(name))
plain(lfs.mkdir(name))
plain(lfs.attributes(name, "mode"), lfs.attributes(name .. "/none", "mode"))
for i = 1, 5 do io.open(name .. "/f" .. i, "w"):write(("x"):rep(i)):close() end
local found = {}
for entry in lfs.dir(name) do if entry:sub(1, 1) ~= "." then found[#found + 1] = entry .. lfs.attributes(name .. "/" .. entry).size end end
table.sort(found)
plain(table.concat(found, " "))
local iterate, handle, _, closing = lfs.dir(name)
iterate(handle)
plain(handle:close(), select("#", pcall(iterate, handle)), (pcall(iterate, handle)), rawequal(handle, closing))
for _ in lfs.dir(name) do break end
plain(lfs.link("f1", name .. "/link", true), lfs.symlinkattributes(name .. "/link", "mode"), lfs.symlinkattributes(name .. "/link", "target"))
plain(lfs.touch(name .. "/f1", 1000000, 2000000), lfs.attributes(name .. "/f1", "access"), lfs.attributes(name .. "/f1", "modification"))
local all = lfs.attributes(name .. "/f1")
plain(all.mode, all.size, all.nlink, all.permissions, lfs.attributes(name .. "/f2", "permissions"))
local here = lfs.currentdir()
plain(lfs.chdir(name), lfs.currentdir(), lfs.chdir(here))
plain(lfs.chdir(name .. "/none"))
local file = io.open(name .. "/f1", "r+")
plain(lfs.lock(file, "w"), lfs.unlock(file), lfs.setmode(file, "binary"))
plain(pcall(lfs.lock, file, "bad"), pcall(lfs.lock, "not a file", "r"))
file:close()
plain(pcall(lfs.lock, file, "r"))
local lock = lfs.lock_dir(name)
plain(type(lock), lfs.lock_dir(name))
lock:free()
for i = 1, 5 do os.remove(name .. "/f" .. i) end
os.remove(name .. "/link")
plain(lfs.rmdir(name))
plain(lfs.rmdir(name))
plain(pcall(lfs.dir, name .. "/x"))
plain(pcall(lfs.attributes), pcall(lfs.attributes, "/", "nonsense"))
collectgarbage()
print("ok")
