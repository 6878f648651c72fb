-- lua-socket: TCP and UDP on loopback, an HTTP exchange with a client process, LTN12 pipes, MIME encodings, URLs.
local socket, http, ltn12, mime, url = require("socket"), require("socket.http"), require("ltn12"), require("mime"), require("socket.url")
local interpreter = arg[-1]

do -- TCP, both ends here
  local server = assert(socket.bind("127.0.0.1", 0))
  local address, port = server:getsockname()
  local client = assert(socket.connect("127.0.0.1", port))
  local peer = assert(server:accept())
  print(address, tostring(server):match("^[^:]+"), tostring(client):match("^[^:]+"))
  print(client:send("line one\nline two\r\nrest"))
  print(peer:receive(), peer:receive("*l"), peer:receive(4))
  client:send(("x"):rep(10000))
  print(#peer:receive(10000))
  peer:settimeout(0)
  print(peer:receive(1))
  print(client:shutdown("send"))
  peer:settimeout(5)
  print(peer:receive("*a"))
  print(peer:receive(1))
  print(select("#", client:getstats()), client:getoption("tcp-nodelay"), client:setoption("tcp-nodelay", true))
  print(pcall(client.send, nil, "x"))
  print(pcall(client.send, server, "x"))
  client:close()
  print(client:send("after close"))
  peer:close()
  server:close()
end

do -- UDP
  local a, b = assert(socket.udp()), assert(socket.udp())
  assert(a:setsockname("127.0.0.1", 0))
  local _, port = a:getsockname()
  print(b:sendto("datagram", "127.0.0.1", port))
  print((a:receivefrom()))
  print(socket.select({a}, nil, 0)[1], select(3, socket.select({a}, {b}, 0)))
  a:close()
  b:close()
end

do -- HTTP: this process serves, another asks
  local server = assert(socket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  local client = io.popen(("'%s' - %d <<'EOF'\n"):format(interpreter, port) .. [[
local http, ltn12 = require("socket.http"), require("ltn12")
local base = "http://127.0.0.1:" .. arg[1]
local body, code, headers, status = http.request(base .. "/first?x=1")
print(body, code, headers["content-type"], status)
local parts = {}
print(http.request{url = base .. "/second", method = "POST", source = ltn12.source.string(("data "):rep(1000)),
  headers = {["content-length"] = 5000}, sink = ltn12.sink.table(parts)})
print(#table.concat(parts))
print(select(2, http.request(base .. "/missing")))
EOF]])
  for _ = 1, 3 do
    local peer = server:accept()
    local request = peer:receive()
    local length = 0
    for line in function() return peer:receive() end do
      if line == "" then break end
      length = tonumber(line:lower():match("^content%-length:%s*(%d+)")) or length
    end
    local body = length > 0 and peer:receive(length) or ""
    print(request, #body)
    if request:find("missing") then
      peer:send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    else
      local text = "answer to " .. request .. body
      peer:send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" ..
        ("%x\r\n%s\r\n0\r\n\r\n"):format(#text, text))
    end
    peer:close()
  end
  for line in client:lines() do print((line:gsub("table: 0x%x+", "table"))) end
  print(client:close())
  server:close()
end

do -- filters and pumps
  local encoded = {}
  ltn12.pump.all(ltn12.source.string(("binary\0data"):rep(200)), ltn12.sink.chain(
    ltn12.filter.chain(mime.encode("base64"), mime.wrap("base64")), (ltn12.sink.table(encoded))))
  local text = table.concat(encoded)
  print(#text, text:sub(1, 40), (mime.unb64((text:gsub("\r\n", "")))) == ("binary\0data"):rep(200))
  print(mime.qp("naïve = ü"), mime.eol(0, "a\nb\r\nc"))
  local parsed = url.parse("http://user:pass@host.example:8080/a/b;p?q=1#f")
  print(parsed.host, parsed.port, parsed.path, parsed.query, parsed.fragment, url.build(parsed), url.escape("a b&c"))
  print(url.absolute("http://h/a/b/c", "../d"), socket.skip(1, "gone", "kept"))
  local protected = socket.protect(function() socket.try(nil, "refused") end)
  print(protected())
  print(select(2, socket.connect("127.0.0.1", 1)))
end
print("ok")
