-- A text adventure whose people and places are coroutines: each story is written as a straight line and waits for words by yielding.
-- Reads commands from its standard input; with an argument `--play` it plays itself.
local rooms = {
  cellar = {text = "A cellar. A ladder leads up; something glitters in the dust.", up = "hall", items = {"key"}},
  hall = {text = "A hall. A door to the north, a hatch down.", down = "cellar", north = "garden", locked = "north", items = {}},
  garden = {text = "A garden under the moon. You are free.", final = true, items = {}},
}

local function has(list, thing)
  for i, item in ipairs(list) do
    if item == thing then return i end
  end
end

-- The whole game: says something, gets the player's words.
local function story()
  local room, bag, say = rooms.cellar, {}, coroutine.yield
  local message = room.text
  local verbs = {
    look = function() return room.text .. (#room.items > 0 and " You see: " .. table.concat(room.items, ", ") .. "." or "") end,
    take = function(thing)
      local place = has(room.items, thing)
      if not place then return "There is no " .. tostring(thing or "such thing") .. " here." end
      bag[#bag + 1] = table.remove(room.items, place)
      return "Taken."
    end,
    bag = function() return #bag == 0 and "Your pockets are empty." or "You carry: " .. table.concat(bag, ", ") .. "." end,
    go = function(direction)
      if not direction or not rooms[room[direction]] then return "You cannot go that way." end
      if room.locked == direction then
        if not has(bag, "key") then return "The door is locked." end
        room.locked = nil
      end
      room = rooms[room[direction]]
      return room.text
    end,
  }
  while not room.final do
    local verb, thing = say(message):match("^%s*(%a+)%s*(%a*)")
    local act = verbs[verb]
    message = act and act(thing ~= "" and thing or nil) or "I know: look, take THING, bag, go DIRECTION."
  end
  return message
end

local function input()
  if arg[1] ~= "--play" then return io.read end
  local script = {"look", "go up", "go north", "dance", "go down", "take key", "bag", "go up", "go north"}
  local i = 0
  return function()
    i = i + 1
    if script[i] then print("> " .. script[i]) end
    return script[i]
  end
end

local read, game = input(), coroutine.create(story)
local _, text = coroutine.resume(game)
print(text)
while coroutine.status(game) == "suspended" do
  local words = read()
  if not words then break end
  local fine, answer = coroutine.resume(game, words:lower())
  print(fine and answer or "The story broke: " .. answer)
end
