-- Which loops a control-flow graph has and how they nest (Havlak 1997): depth-first numbers, union-find, sets of back edges.
local scale = tonumber(arg and arg[1]) or 1

local Block = {}
Block.__index = Block
function Block.new(name) return setmetatable({name = name, into = {}, out = {}}, Block) end

local Graph = {}
Graph.__index = Graph
function Graph.new() return setmetatable({blocks = {}, start = nil}, Graph) end

function Graph:block(name)
  local block = self.blocks[name]
  if not block then
    block = Block.new(name)
    self.blocks[name] = block
    self.start = self.start or block
  end
  return block
end

function Graph:connect(from, to)
  local a, b = self:block(from), self:block(to)
  a.out[#a.out + 1], b.into[#b.into + 1] = b, a
end

local Loop = {}
Loop.__index = Loop
function Loop.new(number, header, is_reducible)
  return setmetatable({number = number, header = header, is_reducible = is_reducible, parent = nil, children = {}, blocks = {}, depth = 0}, Loop)
end

function Loop:set_parent(parent)
  self.parent = parent
  parent.children[#parent.children + 1] = self
end

function Loop:set_depths(depth)
  self.depth = depth
  local deepest = depth
  for _, child in ipairs(self.children) do
    local below = child:set_depths(depth + 1)
    if below > deepest then deepest = below end
  end
  return deepest
end

-- A node of the union-find forest: a block with its number, and the loop it heads.
local Node = {}
Node.__index = Node
function Node.new(block, number) return setmetatable({block = block, number = number, parent = nil, loop = nil}, Node) end

function Node:find()
  local root = self
  while root.parent do root = root.parent end
  local node = self
  while node.parent and node.parent ~= root do
    node, node.parent = node.parent, root
  end
  return root
end

-- Numbers the blocks in depth-first preorder; `last` is the highest number below each.
local function number_blocks(start)
  local numbers, nodes, last, count = {}, {}, {}, 0
  local stack, positions = {start}, {0}
  count = 1
  numbers[start], nodes[1] = 1, Node.new(start, 1)
  while #stack > 0 do
    local top = #stack
    local block, position = stack[top], positions[top] + 1
    local successor = block.out[position]
    if successor then
      positions[top] = position
      if not numbers[successor] then
        count = count + 1
        numbers[successor], nodes[count] = count, Node.new(successor, count)
        stack[top + 1], positions[top + 1] = successor, 0
      end
    else
      last[numbers[block]] = count
      stack[top], positions[top] = nil, nil
    end
  end
  return numbers, nodes, last, count
end

local function find_loops(graph)
  local numbers, nodes, last, count = number_blocks(graph.start)
  local function is_ancestor(a, b) return a <= b and b <= last[a] end
  local back, other = {}, {}
  for number = 1, count do
    back[number], other[number] = {}, {}
    for _, from in ipairs(nodes[number].block.into) do
      local v = numbers[from]
      if v then
        local list = is_ancestor(number, v) and back[number] or other[number]
        list[#list + 1] = v
      end
    end
  end

  local loops = {}
  for number = count, 1, -1 do
    local node, pool, is_member, is_reducible = nodes[number], {}, {}, true
    local has_self_loop = false
    for _, v in ipairs(back[number]) do
      if v == number then
        has_self_loop = true
      else
        local root = nodes[v]:find()
        if not is_member[root] then is_member[root], pool[#pool + 1] = true, root end
      end
    end
    local next_item = 1
    while next_item <= #pool do
      local inner = pool[next_item]
      next_item = next_item + 1
      for _, v in ipairs(other[inner.number]) do
        local root = nodes[v]:find()
        if not is_ancestor(number, root.number) then
          is_reducible = false
          local list = other[number]
          list[#list + 1] = root.number
        elseif root.number ~= number and not is_member[root] then
          is_member[root], pool[#pool + 1] = true, root
        end
      end
    end
    if #pool > 0 or has_self_loop then
      local loop = Loop.new(#loops + 1, node.block, is_reducible)
      loops[#loops + 1], node.loop = loop, loop
      for _, inner in ipairs(pool) do
        inner.parent = node
        if inner.loop then
          inner.loop:set_parent(loop)
        else
          loop.blocks[#loop.blocks + 1] = inner.block
        end
      end
    end
  end

  local root = Loop.new(0, nil, true)
  for _, loop in ipairs(loops) do
    if not loop.parent then loop:set_parent(root) end
  end
  return loops, root:set_depths(0)
end

-- A program-like graph: nested loops, diamonds inside them, some jumps into the middle of a loop.
local function build(functions)
  local graph, n = Graph.new(), 1
  local function straight(from, length)
    for _ = 1, length do
      graph:connect(from, n + 1)
      from, n = n + 1, n + 1
    end
    return from
  end
  local function diamond(from)
    local a, b, join = n + 1, n + 2, n + 3
    n = n + 3
    graph:connect(from, a)
    graph:connect(from, b)
    graph:connect(a, join)
    graph:connect(b, join)
    return join
  end
  local function loop(from, depth)
    local header = straight(from, 1)
    local body = diamond(header)
    if depth > 0 then
      body = loop(body, depth - 1)
      body = loop(body, depth - 1)
    end
    body = straight(body, 2)
    graph:connect(body, header)
    return straight(header, 1)
  end
  local at = 1
  for f = 1, functions do
    local before = at
    at = loop(at, f % 4)
    if f % 5 == 0 then graph:connect(before, at - 1) end
  end
  return graph, n
end

local graph, count = build(100)
local sum = 0
for round = 1, math.ceil(75 * scale) do
  local loops, deepest = find_loops(graph)
  local irreducible, blocks = 0, 0
  for _, loop in ipairs(loops) do
    if not loop.is_reducible then irreducible = irreducible + 1 end
    blocks = blocks + #loop.blocks * loop.depth
  end
  sum = (sum * 31 + #loops * 7 + irreducible * 5 + blocks + deepest + round) % 1000000007
end
print(string.format("%.0f %.0f", count, sum))
