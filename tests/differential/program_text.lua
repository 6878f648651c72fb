-- Programs are lists of nodes: {head = line, body = nodes, middle = line, second = nodes, tail = line, after = nodes}, all but the head optional.
local function append(lines, nodes)
  for _, node in ipairs(nodes) do
    lines[#lines + 1] = node.head
    if node.body then append(lines, node.body) end
    if node.middle then
      lines[#lines + 1] = node.middle
      append(lines, node.second)
    end
    if node.tail then lines[#lines + 1] = node.tail end
    if node.after then append(lines, node.after) end
  end
end

-- The source of a program.
return function(nodes)
  local lines = {}
  append(lines, nodes)
  return table.concat(lines, "\n") .. "\n"
end
