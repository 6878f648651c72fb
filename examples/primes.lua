-- Primes, counted by as many isolates as there are processors. Run: rille examples/primes.lua [up to]
--
-- The main program cuts the numbers into pieces and sends them through a channel; each worker takes the next piece as soon as it
-- is done with one, and sends back how many primes it found. Nobody waits for the slowest.
local isolate <const> = require "rille.isolate"
local channel <const> = require "rille.channel"

local limit <const> = tonumber(arg and arg[1]) or 300000
local PIECE <const> = 10000

-- Runs in an isolate: it knows its arguments and the globals of its own state, nothing else.
local function count_primes(pieces, counts)
  for first, last in pieces:messages() do
    local count = 0
    for n = math.max(first, 2), last do
      local is_prime = n == 2 or n % 2 == 1
      local divisor = 3
      while is_prime and divisor * divisor <= n do
        is_prime = n % divisor ~= 0
        divisor = divisor + 2
      end
      if is_prime then count = count + 1 end
    end
    counts:send(first, count)
  end
end

local pieces <const>, counts <const> = channel.new(), channel.new()
local workers <const> = {}
for i = 1, isolate.processors() do
  workers[i] = isolate.spawn({func = count_primes, name = "worker " .. i}, pieces, counts)
end

-- Sending and receiving at once: whichever is possible.
local total, sent, received, next_first = 0, 0, 0, 1
while next_first <= limit or received < sent do
  local cases = {counts}
  if next_first <= limit then cases[2] = {pieces, next_first, math.min(next_first + PIECE - 1, limit)} end
  local index, _, count = channel.select(cases)
  if index == 1 then
    total, received = total + count, received + 1
  else
    next_first, sent = next_first + PIECE, sent + 1
  end
end
pieces:close()

for _, worker in ipairs(workers) do
  local ok, message, traceback = worker:join()
  if not ok then error(message .. "\n" .. traceback, 0) end
end
print(("%d primes up to %d, counted by %d isolates"):format(total, limit, #workers))
