-- What is measured: name, group, and the command ($B: folder of the built programs, $R: folder real/, $T: a scratch folder).
-- `command` runs preloaded; with `arena`, that runs in the place of it for our allocator, not preloaded; `script` gets MEASURE FIGURES PRELOAD as arguments and measures by itself.
local programs = {}

local function own(group, names)
  for name in names:gmatch("%S+") do programs[#programs + 1] = {name = name, group = group, command = "'$B/" .. name .. "' $S"} end
end

local function real(name, command, fields)
  local program = fields or {}
  program.name, program.group, program.command = name, "real", command
  programs[#programs + 1] = program
end

own("single", [[pair batch random_frees small_fixed random_sizes compiler trees words cache zeroed aligned realloc_growth large_blocks
                fragmentation coalescing top_thrash peak_then_fall]])
own("threads", "second_thread many_threads producer_consumer bleeding larson top_thrash_threads")

real("python3", "PYTHONHASHSEED=0 /usr/bin/python3 '$R/churn.py'", {needs = "/usr/bin/python3"})
real("python3-malloc", "PYTHONHASHSEED=0 PYTHONMALLOC=malloc /usr/bin/python3 '$R/churn.py'", {needs = "/usr/bin/python3"})
real("sqlite3", "sqlite3 :memory: '.read $R/tables.sql'", {needs = "sqlite3"})
real("gcc", "gcc -O2 -w -S -o /dev/stdout '$T/large.c'", {needs = "gcc"})
real("perl", "PERL_HASH_SEED=0 perl '$R/words.pl'", {needs = "perl"})
real("lua5.4-trees", "lua5.4 '$R/trees.lua'", {needs = "lua5.4"})
real("lua5.4-mixed", "lua5.4 '$R/mixed.lua'", {needs = "lua5.4"})
real("redis", nil, {needs = "redis-benchmark", script = "'$R/redis.sh'"})

-- The same host of stock Lua: on malloc under each allocator, but for ours on a private arena.
for _, name in ipairs {"trees", "mixed"} do
  programs[#programs + 1] = {name = "host-" .. name, group = "host", needs = "$B/lua_host",
    command = "'$B/lua_host' malloc '$R/" .. name .. ".lua'", arena = "'$B/lua_host' arena '$R/" .. name .. ".lua'"}
end

return programs
