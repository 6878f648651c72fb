-- Writes the library as one C file: `amalgamate.lua ROOT OUT` makes OUT/rille.c and copies the public headers beside it.
--
-- The headers of src/ come first, each once, in the order in which they include each other; then the sources, floor by
-- floor. A table (*.def) is put wherever it is included, and so is a header that only one way of compiling wants.
--
-- What was local to a file must stay so. Macros end where their file ends. A name that a source declares at file level is
-- given the file's name too when any other file declares the same, so that a new file cannot break this one.
-- Everything that is not public is hidden by a pragma, whatever flags the file is compiled with. For the pragma not to reach
-- the C library's functions, system headers are included in front of it.

local FLOORS <const> = {"core", "base", "value", "raise", "heap", "object", "gc", "bytecode", "direct", "compile", "vm", "state", "api", "auxlib",
  "stdlib", "ext"}
local PUBLIC <const> = {"luaconf.h", "lua.h", "lualib.h", "lauxlib.h", "lua.hpp", "rille.h"}
local KEYWORDS <const> = {}
for word in ([[auto break case char const continue default do double else enum extern float for goto if inline int long
    register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Static_assert
    __attribute__ bool]]):gmatch("%S+") do KEYWORDS[word] = true end

local root, out = arg[1], arg[2]
if not out then
  io.stderr:write("usage: amalgamate.lua ROOT OUT\n")
  os.exit(false)
end

local function fail(text, ...)
  io.stderr:write("amalgamate.lua: ", text:format(...), "\n")
  os.exit(false)
end

local function read_file(path)
  local file <close> = io.open(path, "rb") or fail("cannot read %s", path)
  return file:read("a")
end

local function write_file(path, text)
  local file = io.open(path, "wb")
  if not (file and file:write(text) and file:close()) then fail("cannot write %s", path) end
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- The ground floor, core/, is the allocator's; its public header is none of ours.
local function folder_of(path)
  if path == "rille_arena.h" then return root .. "/malloc/include/" end
  return root .. (path:find("^core/?") and "/malloc/src/" or "/src/")
end

local function list_files(floor)
  local pipe <close> = assert(io.popen("cd " .. quote(folder_of(floor)) .. " && LC_ALL=C ls " .. floor .. "/*.c"))
  local names = {}
  for name in pipe:lines() do names[#names + 1] = name end
  if #names == 0 then fail("no sources in %s/src/%s", root, floor) end
  return names
end

-- ---- tokens ----

-- Cuts a C text into tokens: {kind, text}; kinds are "space" (comments too), "line" (a preprocessor line with what
-- continues it), "name", "number", "literal", "mark". The texts together are the whole text again.
local function tokenize(text, path)
  local tokens, position, at_line_start = {}, 1, true
  local function take(kind, last)
    tokens[#tokens + 1] = {kind = kind, text = text:sub(position, last)}
    position = last + 1
  end
  while position <= #text do
    local first = text:sub(position, position)
    local pair = text:sub(position, position + 1)
    if first:find("%s") then
      local _, last = text:find("^%s+", position)
      at_line_start = at_line_start or text:sub(position, last):find("\n", 1, true) ~= nil
      take("space", last)
    elseif pair == "/*" then
      local _, last = text:find("*/", position, true)
      take("space", last or fail("%s: a comment does not end", path))
    elseif pair == "//" then
      take("space", (text:find("\n", position, true) or #text + 1) - 1)
    elseif first == "#" and at_line_start then
      local last = position
      repeat last = (text:find("\n", last + 1, true) or #text + 1) until text:sub(last - 1, last - 1) ~= "\\"
      take("line", last - 1)
    else
      at_line_start = false
      if first:find("[%a_]") then
        take("name", select(2, text:find("^[%w_]+", position)))
      elseif first:find("%d") then
        take("number", select(2, text:find("^[%w_.]+", position)))
      elseif first == '"' or first == "'" then
        local last = position + 1
        while text:sub(last, last) ~= first do last = last + (text:sub(last, last) == "\\" and 2 or 1) end
        take("literal", last)
      elseif pair == "->" or pair == "##" then
        take("mark", position + 1)
      else
        take("mark", position)
      end
    end
  end
  return tokens
end

local function join(tokens)
  local texts = {}
  for i, token in ipairs(tokens) do texts[i] = token.text end
  return table.concat(texts)
end

-- ---- what a file declares ----

-- The tokens outside preprocessor lines, with their depth in braces and parentheses: an opening one and its closing
-- partner have the depth of what is outside.
local function code_of(tokens)
  local code, depth = {}, 0
  for _, token in ipairs(tokens) do
    if token.kind ~= "space" and token.kind ~= "line" then
      local text = token.text
      if text == "}" or text == ")" then depth = depth - 1 end
      token.depth = depth
      code[#code + 1] = token
      if text == "{" or text == "(" then depth = depth + 1 end
    end
  end
  return code
end

local function skip_group(code, i)
  local depth = code[i].depth
  repeat i = i + 1 until not code[i] or code[i].depth == depth
  return i
end

-- The name that the declaration from `first` to `last` introduces, tags and constants aside.
local function declared_name(code, first, last)
  local candidate
  local i = first
  while i <= last do
    local token = code[i]
    if token.text == "{" then
      i = skip_group(code, i)
    elseif token.text == "(" then
      local before = code[i - 1].text
      if before == "__attribute__" or before == "_Static_assert" or (before == candidate and before:find("^RL_%u+$")) then
        i = skip_group(code, i)
      elseif code[i + 1].text == "*" then -- a pointer to a function
        i = i + 1
        while code[i].kind ~= "name" or KEYWORDS[code[i].text] do i = i + 1 end
        return code[i].text
      else
        return candidate
      end
    elseif token.text == "=" or token.text == "[" or token.text == ";" then
      return candidate
    elseif token.kind == "name" and not KEYWORDS[token.text] then
      candidate = token.text
    end
    i = i + 1
  end
  return candidate
end

-- Tags that are defined and enumeration constants between `first` and `last`.
local function collect_members(code, first, last, names, tags)
  for i = first, last do
    local keyword = code[i].text
    if keyword == "struct" or keyword == "union" or keyword == "enum" then
      local brace = i + 1
      if code[brace].kind == "name" then brace = brace + 1 end
      if code[brace] and code[brace].text == "{" then
        if brace == i + 2 then tags[code[i + 1].text] = true end
        if keyword == "enum" then
          for k = brace + 1, skip_group(code, brace) - 1 do
            local before = code[k - 1].text
            local begins = k == brace + 1 or (before == "," and code[k].depth == code[brace].depth + 1)
            if begins and code[k].kind == "name" then names[code[k].text] = "value" end
          end
        end
      end
    end
  end
end

-- Names declared at file level that no other file is to see, and whether they are a "type" or a "value"; and the tags of
-- structures, which are a name space of their own. Public and rl_ functions are everybody's.
local function file_level_names(tokens)
  local code, names, tags = code_of(tokens), {}, {}
  local first, declaration = 1, nil
  for i, token in ipairs(code) do
    if token.depth == 0 then
      local text = token.text
      if text == "static" or text == "typedef" then declaration = declaration or i end
      local is_body = text == "}" and (function()
        local brace = i
        repeat brace = brace - 1 until code[brace].depth == 0
        return code[brace - 1] ~= nil and code[brace - 1].text == ")"
      end)()
      if text == ";" or is_body then
        collect_members(code, first, i, names, tags)
        local name = declaration and declared_name(code, declaration, i)
        if name then names[name] = code[declaration].text == "typedef" and "type" or "value" end
        first, declaration = i + 1, nil
      end
    end
  end
  return names, tags
end

local function macros_of(tokens)
  local names, order = {}, {}
  for _, token in ipairs(tokens) do
    local name = token.kind == "line" and token.text:match("^#%s*define%s+([%w_]+)")
    if name and not names[name] then
      names[name] = token.text
      order[#order + 1] = name
    end
  end
  return names, order
end

-- ---- files ----

local files = {} -- by their path below src/: {path, text, tokens, names, tags, macros, macro_order}
local header_order = {}
local system_headers, feature_macros = {}, {}

local function load_file(path)
  local text = read_file(folder_of(path) .. path)
  local file = {path = path, text = text, tokens = tokenize(text, path)}
  file.names, file.tags = file_level_names(file.tokens)
  file.macros, file.macro_order = macros_of(file.tokens)
  files[path] = file
  return file
end

local is_public = {}
for _, name in ipairs(PUBLIC) do is_public[name] = true end

-- Says what becomes of each include line of a file. In front of everything: public and system headers. `gathered`: headers
-- that come before the sources. Within an #if (a header's own guard does not count) an include stays where it is.
local function plan_includes(file)
  local depth = file.path:find("%.h$") and -1 or 0
  for _, token in ipairs(file.tokens) do
    local line = token.kind == "line" and token.text or ""
    if line:find("^#%s*if") then depth = depth + 1 end
    if line:find("^#%s*endif") then depth = depth - 1 end
    local system = line:match('^#%s*include%s+<(.-)>')
    local own = line:match('^#%s*include%s+"(.-)"')
    local feature = line:match("^#%s*define%s+(_[%u_]+_SOURCE)%s")
    if feature then
      feature_macros[feature] = true
      file.macros[feature] = nil
      token.plan = "drop"
    elseif system then
      token.plan = depth > 0 and "system here" or "drop"
      if depth <= 0 then system_headers[system] = true end
    elseif own and is_public[own] then
      token.plan = "drop"
    elseif own then
      token.path = own
      token.plan = (depth > 0 or own:find("%.def$")) and "insert here" or "drop"
      local wanted = files[own] or load_file(own)
      if not wanted.planned and not own:find("%.def$") then
        wanted.planned = true
        plan_includes(wanted)
        if token.plan == "drop" then header_order[#header_order + 1] = wanted end
        wanted.gathered = token.plan == "drop"
      elseif token.plan == "drop" and not wanted.gathered then
        header_order[#header_order + 1] = wanted
        wanted.gathered = true
      end
    end
  end
end

local sources = {}
for _, floor in ipairs(FLOORS) do
  for _, path in ipairs(list_files(floor)) do
    local source = load_file(path)
    sources[#sources + 1] = source
    plan_includes(source)
  end
end

-- ---- clashes ----

-- How many files declare a name at file level. A macro of a header reaches every source here, so its name is taken too.
-- Headers announce each other's types; any other name belongs to one of them.
local declared_by, tag_defined_by, header_tags = {}, {}, {}
local function count(counts, names)
  for name in pairs(names) do counts[name] = (counts[name] or 0) + 1 end
end
for _, header in ipairs(header_order) do
  for name, kind in pairs(header.names) do
    if declared_by[name] and kind == "value" then
      fail("%s declares %s, which another header declares too: names of headers are not changed", header.path, name)
    end
  end
  count(declared_by, header.names)
  count(declared_by, header.macros)
  count(tag_defined_by, header.tags)
  for tag in header.text:gmatch("%f[%w_]struct%s+([%w_]+)") do header_tags[tag] = true end
end
for tag, headers in pairs(tag_defined_by) do
  if headers > 1 then fail("%d headers define struct %s: tags of headers are not changed", headers, tag) end
end
for _, source in ipairs(sources) do
  for tag in pairs(source.tags) do
    if header_tags[tag] and tag_defined_by[tag] then fail("%s and a header define struct %s", source.path, tag) end
  end
end
for _, source in ipairs(sources) do
  count(declared_by, source.names)
  count(tag_defined_by, source.tags)
end

-- The new names of what clashes, and of tags. A tag that a header mentions must stay.
local function new_names(source)
  local names, tags, suffix = {}, {}, "_in_" .. source.path:gsub("%.c$", ""):gsub("[^%w]", "_")
  for name in pairs(source.names) do
    if declared_by[name] > 1 and not source.macros[name] then names[name] = name .. suffix end
    if declared_by[name .. suffix] then fail("%s: %s is taken", source.path, name .. suffix) end
  end
  for tag in pairs(source.tags) do
    if tag_defined_by[tag] > 1 and not header_tags[tag] then tags[tag] = tag .. suffix end
  end
  return names, tags
end

-- Inside the body of a structure a name that ends its declarator is a member's, in a name space of its own.
local function mark_members(code)
  local bodies = {} -- depths of the structure bodies that are open
  for i, token in ipairs(code) do
    if token.text == "{" then
      local before, earlier = code[i - 1], code[i - 2]
      local keyword = before and (before.text == "struct" or before.text == "union") or
        earlier and before.kind == "name" and (earlier.text == "struct" or earlier.text == "union")
      if keyword then bodies[#bodies + 1] = token.depth end
    elseif token.text == "}" and bodies[#bodies] == token.depth then
      bodies[#bodies] = nil
    elseif token.kind == "name" and #bodies > 0 then
      local after = code[i + 1] and code[i + 1].text or ""
      if after:find("^[;,:%[)]") then token.is_member = true end
    end
    local before = code[i - 1]
    if before and (before.text == "." or before.text == "->") then token.is_member = true end
  end
end

-- An argument of a macro that makes a string or a name of it must keep its text.
local function check_literal_macros(source, code, renamed)
  for i, token in ipairs(code) do
    local definition = source.macros[token.text]
    if definition and code[i + 1] and code[i + 1].text == "(" and definition:find("#", 2, true) then
      for k = i + 1, skip_group(code, i + 1) - 1 do
        if renamed[code[k].text] then
          fail("%s: %s would be renamed inside %s, which uses its text", source.path, code[k].text, token.text)
        end
      end
    end
  end
end

local IS_TAG_KEYWORD <const> = {struct = true, union = true, enum = true}

local function rename_in_line(line, names, tags, path)
  local tokens, before = tokenize(line:sub(2), path), nil
  for _, token in ipairs(tokens) do
    local map = IS_TAG_KEYWORD[before] and tags or names
    if token.kind == "name" and map[token.text] and before ~= "." and before ~= "->" then
      if before == "#" or before == "##" then fail("%s: %s is pasted", path, token.text) end
      token.text = map[token.text]
    end
    if token.kind ~= "space" then before = token.text end
  end
  return "#" .. join(tokens)
end

local function rename(source)
  local names, tags = new_names(source)
  if next(names) == nil and next(tags) == nil then return end
  local code = code_of(source.tokens)
  mark_members(code)
  check_literal_macros(source, code, names)
  local before
  for _, token in ipairs(source.tokens) do
    local map = IS_TAG_KEYWORD[before] and tags or names
    if token.kind == "line" and not token.plan then
      token.text = rename_in_line(token.text, names, tags, source.path)
    elseif token.kind ~= "space" then
      before = token.text
      if token.kind == "name" and map[token.text] and not token.is_member then token.text = map[token.text] end
    end
  end
end

-- ---- writing ----

local pieces = {}
local function put(text, ...)
  pieces[#pieces + 1] = select("#", ...) > 0 and text:format(...) or text
end

local text_of -- below: files that are inserted where they are included have such files themselves

local function insertion(token)
  if token.plan == "system here" then
    return "#pragma GCC visibility push(default)\n" .. token.text .. "\n#pragma GCC visibility pop"
  elseif token.plan == "insert here" then
    return (text_of(files[token.path]):gsub("\n+$", ""))
  end
  return ""
end

function text_of(file)
  local texts = {}
  for i, token in ipairs(file.tokens) do texts[i] = token.plan and insertion(token) or token.text end
  return (table.concat(texts):gsub("\n\n\n+", "\n\n"):gsub("^\n+", ""))
end

local function sorted_keys(set)
  local keys = {}
  for key in pairs(set) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function separator(path)
  put("\n/* ======== src/%s ======== */\n\n", path)
end

local version = read_file(root .. "/include/rille.h"):match('RILLE_VERSION%s+"(.-)"') or fail("rille.h names no version")
local licence = read_file(root .. "/LICENSE"):gsub("%s+$", ""):gsub("\n", "\n * "):gsub(" +\n", "\n")

put("/* Rille %s, a Lua 5.4 runtime: the whole library in one file. Made by tools/amalgamate.lua from src/, whose\n", version)
put([[ * files stand below in their order, headers first. Put it beside the public headers that came with it and compile it as C:
 *
 *     cc -O2 app.c rille.c -lm -ldl
 *
 * Names that are local to a file of src/ and that several files have carry their file's name here (step_in_gc_collect).
 * Nothing but the functions that the public headers declare is visible outside, whatever flags are used.
 *
]])
put(" * %s */\n\n", licence)
for _, name in ipairs(sorted_keys(feature_macros)) do put("#ifndef %s\n#define %s 1\n#endif\n\n", name, name) end
for _, name in ipairs(sorted_keys(system_headers)) do put("#include <%s>\n", name) end
put("\n")
for _, name in ipairs(PUBLIC) do
  if name ~= "lua.hpp" then put('#include "%s"\n', name) end
end
put("\n#pragma GCC visibility push(hidden)\n")
put("/* An accessor of a header that nobody uses in this version is no mistake. */\n")
put("#pragma GCC diagnostic push\n#pragma GCC diagnostic ignored \"-Wunused-function\"\n")
for _, header in ipairs(header_order) do
  separator(header.path)
  put(text_of(header))
end
put("\n#pragma GCC diagnostic pop\n")
for _, source in ipairs(sources) do
  rename(source)
  separator(source.path)
  put(text_of(source))
  local ends = {}
  for _, name in ipairs(source.macro_order) do
    if source.macros[name] then ends[#ends + 1] = "#undef " .. name .. "\n" end
  end
  if #ends > 0 then put("\n%s", table.concat(ends)) end
end
put("\n#pragma GCC visibility pop\n")

if not os.execute("mkdir -p " .. quote(out)) then fail("cannot make %s", out) end
write_file(out .. "/rille.c", table.concat(pieces))
for _, name in ipairs(PUBLIC) do write_file(out .. "/" .. name, read_file(root .. "/include/" .. name)) end
