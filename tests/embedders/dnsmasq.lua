-- dnsmasq's script for leases and transfers.
local log = io.open("ROOT/events", "a")

local function say(...)
  log:write(table.concat({...}, " "), "\n")
  log:flush()
end

function init() say("init", _VERSION, math.type(1)) end
function shutdown() say("shutdown") end

function lease(action) say("lease", action) end

function tftp(action, transfer)
  say("tftp", action, tostring(transfer.file_size), (transfer.file_name:gsub(".*/", "")))
  if transfer.file_size == 7 then error("small file") end
end
