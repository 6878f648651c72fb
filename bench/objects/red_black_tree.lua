-- A red-black tree with parents and a sentinel: insertions, look-ups, deletions of the smallest, walks in order.
local scale = tonumber(arg and arg[1]) or 1

local Tree = {}
Tree.__index = Tree

function Tree.new()
  local sentinel = {is_red = false}
  sentinel.left, sentinel.right, sentinel.parent = sentinel, sentinel, sentinel
  return setmetatable({sentinel = sentinel, root = sentinel, size = 0}, Tree)
end

function Tree:replace(old, new)
  local parent = old.parent
  if parent == self.sentinel then
    self.root = new
  elseif parent.left == old then
    parent.left = new
  else
    parent.right = new
  end
  new.parent = parent
end

-- Rotates `node` down to the side `down`; its child on the side `up` comes in its place.
function Tree:rotate(node, down, up)
  local child = node[up]
  node[up] = child[down]
  if child[down] ~= self.sentinel then child[down].parent = node end
  self:replace(node, child)
  child[down] = node
  node.parent = child
end

function Tree:insert(key, value)
  local parent, node = self.sentinel, self.root
  while node ~= self.sentinel do
    if key == node.key then
      node.value = value
      return
    end
    parent = node
    node = key < node.key and node.left or node.right
  end
  node = {key = key, value = value, left = self.sentinel, right = self.sentinel, parent = parent, is_red = true}
  if parent == self.sentinel then
    self.root = node
  elseif key < parent.key then
    parent.left = node
  else
    parent.right = node
  end
  self.size = self.size + 1
  self:repair_insertion(node)
end

function Tree:repair_insertion(node)
  while node.parent.is_red do
    local grandparent = node.parent.parent
    local is_left = node.parent == grandparent.left
    local near, far = is_left and "left" or "right", is_left and "right" or "left"
    local uncle = grandparent[far]
    if uncle.is_red then
      node.parent.is_red, uncle.is_red, grandparent.is_red = false, false, true
      node = grandparent
    else
      if node == node.parent[far] then
        node = node.parent
        self:rotate(node, near, far)
      end
      node.parent.is_red, grandparent.is_red = false, true
      self:rotate(grandparent, far, near)
    end
  end
  self.root.is_red = false
end

function Tree:find(key)
  local node = self.root
  while node ~= self.sentinel and node.key ~= key do node = key < node.key and node.left or node.right end
  return node ~= self.sentinel and node or nil
end

function Tree:minimum(node)
  while node.left ~= self.sentinel do node = node.left end
  return node
end

function Tree:delete(node)
  local was_red, moved = node.is_red, nil
  if node.left == self.sentinel then
    moved = node.right
    self:replace(node, moved)
  elseif node.right == self.sentinel then
    moved = node.left
    self:replace(node, moved)
  else
    local successor = self:minimum(node.right)
    was_red, moved = successor.is_red, successor.right
    if successor.parent == node then
      moved.parent = successor
    else
      self:replace(successor, moved)
      successor.right = node.right
      successor.right.parent = successor
    end
    self:replace(node, successor)
    successor.left, successor.is_red = node.left, node.is_red
    successor.left.parent = successor
  end
  self.size = self.size - 1
  if not was_red then self:repair_deletion(moved) end
end

function Tree:repair_deletion(node)
  while node ~= self.root and not node.is_red do
    local parent = node.parent
    local is_left = node == parent.left
    local near, far = is_left and "left" or "right", is_left and "right" or "left"
    local sibling = parent[far]
    if sibling.is_red then
      sibling.is_red, parent.is_red = false, true
      self:rotate(parent, near, far)
      sibling = parent[far]
    end
    if not sibling[near].is_red and not sibling[far].is_red then
      sibling.is_red = true
      node = parent
    else
      if not sibling[far].is_red then
        sibling[near].is_red, sibling.is_red = false, true
        self:rotate(sibling, far, near)
        sibling = parent[far]
      end
      sibling.is_red, parent.is_red, sibling[far].is_red = parent.is_red, false, false
      self:rotate(parent, near, far)
      node = self.root
    end
  end
  node.is_red = false
end

function Tree:walk(node, visit)
  if node == self.sentinel then return end
  self:walk(node.left, visit)
  visit(node)
  self:walk(node.right, visit)
end

local seed = 42
local function random(limit)
  seed = (seed * 16807) % 2147483647
  return seed % limit
end

local sum = 0
for _ = 1, math.ceil(5 * scale) do
  local tree = Tree.new()
  for i = 1, 40000 do tree:insert(random(60000), i) end
  for _ = 1, 40000 do
    local node = tree:find(random(60000))
    if node then sum = (sum + node.value) % 1000000007 end
  end
  for _ = 1, 15000 do
    local node = tree:find(random(60000))
    if node then tree:delete(node) end
    tree:delete(tree:minimum(tree.root))
  end
  local previous = -1
  tree:walk(tree.root, function(node)
    assert(node.key > previous)
    previous = node.key
    sum = (sum * 31 + node.key) % 1000000007
  end)
  sum = sum + tree.size
end
print(string.format("%.0f", sum))
