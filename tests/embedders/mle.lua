-- A script of the editor mle: a command that a macro calls four times.
local out = io.open("out", "w")

local function say(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = tostring(t[i]):gsub("0x%x+", "ADDRESS") end
  out:write(table.concat(t, "\t"), "\n")
  out:flush()
end

local function fields(t)
  local list = {}
  for k, v in pairs(t) do list[#list + 1] = k .. "=" .. tostring(v):gsub("0x%x+", "ADDRESS") end
  table.sort(list)
  return table.concat(list, " ")
end

say(mle ~= nil, _VERSION, pcall(mle.editor_register_cmd))
local calls = 0
mle.editor_register_cmd("cmd_lua", function(context)
  calls = calls + 1
  local inserted = "lua " .. calls .. " "
  say("insert", fields(mle.mark_insert_before(context.mark, inserted, #inserted)))
  say("offset", fields(mle.mark_get_offset(context.mark)))
  say("text", fields(mle.buffer_get(context.buffer)))
  say(pcall(mle.mark_move_by, context.mark))
  say(pcall(mle.mark_move_by, context.mark, "x"))
  say(pcall(mle.mark_move_by, context.mark, 3))
  if calls == 3 then error("the third call fails") end
  if calls == 4 then error {} end
end)
mle.editor_register_observer("cmd:cmd_lua:before", function(context) say("observed", type(context)) end)
