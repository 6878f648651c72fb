-- A script of darktable-cli: its object types, an event at the export, tags, dispatched functions, errors. (How many images there
-- are already depends on when the import ends.)
local dt = require "darktable"
print(_VERSION, pcall(function() return dt.nonexistent end))
print(dt.preferences.write("test", "x", "string", "value"), dt.preferences.read("test", "x", "string"))
print((tostring(dt.database):gsub("0x%x+", "ADDRESS")))
print(pcall(dt.register_event, "nope", "nope", function() end))
dt.register_event("test", "intermediate-export-image", function(event, image)
  print(event, image.filename, math.type(image.id), image.width, image.exif_iso)
  print(pcall(function() return image.nofield end))
  print(pcall(function() image.id = 5 end))
  dt.tags.attach(dt.tags.create("lua|test"), image)
  for i, tag in ipairs(dt.tags.get_tags(image)) do print(i, tag.name) end
end)
local tag = dt.tags.create("a|b")
print(tag.name, tostring(tag), #tag, pcall(dt.tags.delete, tag))
dt.control.dispatch(function(value) print("dispatched", value) end, 7)
dt.control.sleep(200)
