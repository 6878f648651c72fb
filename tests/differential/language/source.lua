-- Source text spoilt at random: what the compiler says must be what stock's says, to the letter.   source.lua [SEED [COUNT]]
local Random = dofile("random.lua")
local random = Random.new(tonumber(arg[1]) or 83)
local COUNT <const> = tonumber(arg[2]) or 8000

local TOKENS <const> = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then", "true",
  "until", "while", "+", "-", "*", "/", "%", "^", "#", "&", "~", "|", "<<", ">>", "//", "==", "~=", "<=", ">=", "<", ">", "=", "(", ")", "{", "}", "[", "]", "::", ";",
  ":", ",", ".", "..", "...", "name", "x", "y", "t", "1", "0x1p4", "3.5", "'text'", '"more"', "[[long]]", "[==[ longer\n ]] ]==]", "--[[ c ]]", "-- c\n", "\n", "<const>",
  "<close>", "<other>", "goto l", "::l::", "local l", "'open", '"open', "[[open", "[=", "--[[open", "0x", "1e", "1..2", "3x", "'\\q'", "'\\400'", "'\\xg'", "'\\u{zz}'", "'\\z  x'", "'\\\nx'",
  "@", "$", "\1", "\200", "!", "\\", "?", "\0", "'\0'", "\r\n", "\r", "local function f", "x.y", "t[1]", "f()", "a:b()", "function() end", "{}", "1 = 2", "break;", "return;", "...",
}
local SEEDS <const> = {
  "local a , b = 1 , 'x' ; a , b = b , a", "for i = 1 , 10 , 2 do print ( i ) end", "for k , v in pairs ( t ) do t [ k ] = v .. 'x' end",
  "local function f ( a , ... ) return ... , # a end", "function t . a . b : c ( x ) self . y = x end", "repeat local z = f ( ) until z == nil",
  "while x and not y do if a then break elseif b then x = 1 else y = 2 end end", "goto done ; do local q = 1 end :: done ::",
  "local c < const > = 5 ; local d < close > = nil", "return { 1 , 2 ; x = 3 , [ 'k' ] = 4 , f ( ) }", "a . b [ c ] : d 'str' { 1 } ( 2 )",
  "x = - - 1 ^ 2 .. 'a' .. 3 // 4 & 5 | ~ 6 << 7", "do :: again :: if x then goto again end end", "local function g ( ) local function h ( ) return c end return h end",
  "x = function ( ... ) local a , b = ... return select ( '#' , ... ) end", "if a == 1 then elseif b ~= 2 then else end", "local s = [[ text ]] .. \"a\\n\\65\\x41\\u{48}\"",
}

local function words(text)
  local list = {}
  for word in text:gmatch("%S+") do list[#list + 1] = word end
  return list
end

for number = 1, COUNT do
  local list = {}
  for _ = 1, random:range(1, 3) do
    for _, word in ipairs(words(random:pick(SEEDS))) do list[#list + 1] = word end
  end
  for _ = 1, random:range(0, 3) do
    local place = random:range(1, #list)
    local kind = random:range(1, 5)
    if kind == 1 and #list > 1 then table.remove(list, place)
    elseif kind == 2 then table.insert(list, place, random:pick(TOKENS))
    elseif kind == 3 then list[place] = random:pick(TOKENS)
    elseif kind == 4 then local other = random:range(1, #list) list[place], list[other] = list[other], list[place]
    else for i = #list, place + 1, -1 do list[i] = nil end end
  end
  local text = table.concat(list, random:pick {" ", " ", "\n"})
  if random:chance(10) then text = text:sub(1, random:range(1, #text)) end
  local chunk, message = load(text, random:pick {"=code", "@file.lua", text}, "t")
  -- (5.4.4 takes the line where the whole expression begins for that of a call's parenthesis, which is named only when it is another)
  print(number, ("%q"):format(text), chunk and "compiles" or ("%q"):format((message:gsub(" %(to close '%(' at line %d+%)", ""))))
end
print("ok")
