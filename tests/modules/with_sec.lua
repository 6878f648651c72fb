-- lua-sec: a TLS exchange over loopback inside one process (both ends in coroutines), certificates made by luaossl.
local socket, ssl = require("socket"), require("ssl")
local pkey, x509, name = require("openssl.pkey"), require("openssl.x509"), require("openssl.x509.name")

local key_file, certificate_file = os.tmpname(), os.tmpname()
do
  local pair, subject, certificate = pkey.new {type = "EC", curve = "prime256v1"}, name.new(), x509.new()
  subject:add("CN", "localhost")
  certificate:setVersion(3)
  certificate:setSerial(7)
  certificate:setSubject(subject)
  certificate:setIssuer(subject)
  certificate:setLifetime(os.time() - 1000, os.time() + 100000)
  certificate:setPublicKey(pair)
  certificate:sign(pair)
  io.open(key_file, "w"):write(pair:toPEM("private")):close()
  io.open(certificate_file, "w"):write(certificate:toPEM()):close()
end

local server = assert(socket.bind("127.0.0.1", 0))
local _, port = server:getsockname()
local client = assert(socket.connect("127.0.0.1", port))
local peer = assert(server:accept())
local secure_peer = assert(ssl.wrap(peer, {mode = "server", protocol = "any", key = key_file, certificate = certificate_file}))
local secure_client = assert(ssl.wrap(client, {mode = "client", protocol = "any", verify = "peer", cafile = certificate_file}))
secure_peer:settimeout(0)
secure_client:settimeout(0)

-- Until the method has succeeded; what has come so far is handed back to it.
local function patiently(object, method, argument)
  local partial
  while true do
    local result, problem, so_far = object[method](object, argument, partial)
    if result then return result end
    if problem ~= "wantread" and problem ~= "wantwrite" and problem ~= "timeout" then return nil, problem end
    if method == "receive" then partial = so_far end
    coroutine.yield()
  end
end

local tasks = {
  coroutine.create(function()
    print("server", patiently(secure_peer, "dohandshake"))
    local line = patiently(secure_peer, "receive", "*l")
    patiently(secure_peer, "send", "you said: " .. line .. "\n" .. ("data"):rep(2000) .. "\n")
  end),
  coroutine.create(function()
    print("client", patiently(secure_client, "dohandshake"))
    print(secure_client:getpeercertificate():subject()[1].value, secure_client:getpeerverification())
    patiently(secure_client, "send", "hello\n")
    print(patiently(secure_client, "receive", "*l"))
    print(#patiently(secure_client, "receive", "*l"))
  end),
}
local rounds = 0
while #tasks > 0 do
  rounds = rounds + 1
  assert(rounds < 100000, "the exchange does not end")
  for i = #tasks, 1, -1 do
    assert(coroutine.resume(tasks[i]))
    if coroutine.status(tasks[i]) == "dead" then table.remove(tasks, i) end
  end
end
print(secure_client:info("protocol"):match("^TLS"), secure_client:info("bits") > 0)
secure_client:close()
secure_peer:close()
print(ssl.wrap(socket.tcp(), {mode = "server", protocol = "nonsense"}))
print(ssl.newcontext({mode = "client", protocol = "any", cafile = "/no/such/file"}))
print(pcall(ssl.newcontext, {mode = "bad"}), ssl.loadcertificate("no certificate"))
os.remove(key_file)
os.remove(certificate_file)
collectgarbage()
print("ok")
