-- An operating system in small (after Martin Richards' benchmark): tasks of several kinds pass packets under a scheduler.
local scale = tonumber(arg and arg[1]) or 1
local floor = math.floor

local IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = 1, 2, 3, 4, 5, 6
local KIND_DEVICE, KIND_WORK = 0, 1
local DATA_SIZE = 4

local Packet = {}
Packet.__index = Packet

function Packet.new(link, owner, kind)
  return setmetatable({link = link, owner = owner, kind = kind, datum = 1, data = {0, 0, 0, 0}}, Packet)
end

-- Appends the packet to a queue and returns the queue's head.
function Packet:append_to(queue)
  self.link = nil
  if not queue then return self end
  local last = queue
  while last.link do last = last.link end
  last.link = self
  return queue
end

local Scheduler = {}
Scheduler.__index = Scheduler

function Scheduler.new()
  return setmetatable({queued = 0, held = 0, tasks = {}, list = nil, current = nil, current_id = 0}, Scheduler)
end

-- Tasks share the bookkeeping; what a kind of task does with a packet is its method `run`.
local Task = {}
Task.__index = Task

function Task.new(class, scheduler, id, priority, queue)
  local self = setmetatable({scheduler = scheduler, id = id, priority = priority, queue = queue, next = scheduler.list, is_held = false,
    is_suspended = true, is_runnable = queue ~= nil}, class)
  scheduler.list = self
  scheduler.tasks[id] = self
  return self
end

function Task:take()
  local packet
  if self.is_suspended and self.is_runnable then
    packet = self.queue
    self.queue = packet.link
    self.is_suspended, self.is_runnable = false, self.queue ~= nil
  end
  return self:run(packet)
end

function Task:has_to_wait() return self.is_held or (self.is_suspended and not self.is_runnable) end

function Task:receive(task, packet)
  if not self.queue then
    self.queue = packet
    self.is_runnable = true
    if self.priority > task.priority then return self end
  else
    self.queue = packet:append_to(self.queue)
  end
  return task
end

function Scheduler:schedule()
  self.current = self.list
  while self.current do
    local task = self.current
    if task:has_to_wait() then
      self.current = task.next
    else
      self.current_id = task.id
      self.current = task:take()
    end
  end
end

function Scheduler:release(id)
  local task = self.tasks[id]
  task.is_held = false
  return task.priority > self.current.priority and task or self.current
end

function Scheduler:hold()
  self.held = self.held + 1
  self.current.is_held = true
  return self.current.next
end

function Scheduler:suspend()
  self.current.is_suspended = true
  return self.current
end

function Scheduler:send(packet)
  local task = self.tasks[packet.owner]
  self.queued = self.queued + 1
  packet.link, packet.owner = nil, self.current_id
  return task:receive(self.current, packet)
end

local function subclass() local class = setmetatable({}, Task) class.__index = class return class end

local Idle, Worker, Handler, Device = subclass(), subclass(), subclass(), subclass()

-- A shift register of 16 bits decides which device becomes free.
function Idle:run()
  self.count = self.count - 1
  if self.count == 0 then return self.scheduler:hold() end
  local low = self.register % 2
  self.register = floor(self.register / 2)
  if low == 0 then return self.scheduler:release(DEVICE_A) end
  -- exclusive or with 0xD008, bit by bit from its four ones
  for _, bit in ipairs {8, 4096, 16384, 32768} do
    local is_set = floor(self.register / bit) % 2 == 1
    self.register = is_set and self.register - bit or self.register + bit
  end
  return self.scheduler:release(DEVICE_B)
end

function Worker:run(packet)
  if not packet then return self.scheduler:suspend() end
  self.target = self.target == HANDLER_A and HANDLER_B or HANDLER_A
  packet.owner, packet.datum = self.target, 1
  for i = 1, DATA_SIZE do
    self.letter = self.letter % 26 + 1
    packet.data[i] = self.letter
  end
  return self.scheduler:send(packet)
end

function Handler:run(packet)
  if packet then
    if packet.kind == KIND_WORK then
      self.work = packet:append_to(self.work)
    else
      self.devices = packet:append_to(self.devices)
    end
  end
  local work = self.work
  if work then
    local position = work.datum
    if position <= DATA_SIZE then
      local device = self.devices
      if device then
        self.devices = device.link
        device.datum = work.data[position]
        work.datum = position + 1
        return self.scheduler:send(device)
      end
    else
      self.work = work.link
      return self.scheduler:send(work)
    end
  end
  return self.scheduler:suspend()
end

function Device:run(packet)
  if not packet then
    local waiting = self.waiting
    if not waiting then return self.scheduler:suspend() end
    self.waiting = nil
    return self.scheduler:send(waiting)
  end
  self.waiting = packet
  return self.scheduler:hold()
end

local function packets(count, owner, kind)
  local queue
  for _ = 1, count do queue = Packet.new(queue, owner, kind) end
  return queue
end

local function simulate(idle_count)
  local scheduler = Scheduler.new()
  local idle = Task.new(Idle, scheduler, IDLE, 0, nil)
  idle.is_suspended, idle.count, idle.register = false, idle_count, 1
  local worker = Task.new(Worker, scheduler, WORKER, 1000, packets(2, WORKER, KIND_WORK))
  worker.target, worker.letter = HANDLER_A, 0
  Task.new(Handler, scheduler, HANDLER_A, 2000, packets(3, DEVICE_A, KIND_DEVICE))
  Task.new(Handler, scheduler, HANDLER_B, 3000, packets(3, DEVICE_B, KIND_DEVICE))
  Task.new(Device, scheduler, DEVICE_A, 4000, nil)
  Task.new(Device, scheduler, DEVICE_B, 5000, nil)
  scheduler:schedule()
  return scheduler.queued, scheduler.held
end

local queued, held = 0, 0
for round = 1, math.ceil(40 * scale) do
  local q, h = simulate(10000 + round)
  queued, held = queued + q, held + h
end
print(string.format("%.0f %.0f", queued, held))
