-- What is measured: name, group, and the words of the command, in which $B is the folder of the built programs, $R the folder real/, $T
-- a scratch folder and $S the scale. `variables` go to its environment. With `arena`, that runs in the place of it for our allocator, and
-- nothing is preloaded. `script` measures by itself: it is called with MEASURE PRELOAD and prints what MEASURE prints. `needs` is left out
-- where it is not installed.
local programs = {}

local function own(group, names)
  for name in names:gmatch("%S+") do programs[#programs + 1] = {name = name, group = group, words = {"$B/" .. name, "$S"}} end
end

local function real(name, needs, words, variables)
  programs[#programs + 1] = {name = name, group = "real", needs = needs, words = words, variables = variables}
end

own("single", [[pair batch random_frees small_fixed random_sizes compiler trees words cache zeroed aligned realloc_growth large_blocks
                fragmentation coalescing top_thrash peak_then_fall]])
own("threads", "second_thread many_threads producer_consumer bleeding larson top_thrash_threads")

real("python3", "/usr/bin/python3", {"/usr/bin/python3", "$R/churn.py"}, {"PYTHONHASHSEED=0"})
real("python3-malloc", "/usr/bin/python3", {"/usr/bin/python3", "$R/churn.py"}, {"PYTHONHASHSEED=0", "PYTHONMALLOC=malloc"})
real("sqlite3", "sqlite3", {"sqlite3", ":memory:", ".read $R/tables.sql"})
real("gcc", "gcc", {"gcc", "-O2", "-w", "-S", "-o", "/dev/stdout", "$T/large.c"})
real("perl", "perl", {"perl", "$R/words.pl"}, {"PERL_HASH_SEED=0"})
real("lua5.4-trees", "lua5.4", {"lua5.4", "$R/trees.lua"})
real("lua5.4-mixed", "lua5.4", {"lua5.4", "$R/mixed.lua"})
programs[#programs + 1] = {name = "redis", group = "real", needs = "redis-benchmark", script = "$R/redis.sh"}

-- The same host of stock Lua: on malloc under each allocator, but for ours on a private arena. Once with heaps that the processor's caches
-- hold (13 and 6 MB with glibc), once with larger ones (44 and 42 MB).
local function host(name, script, ...)
  programs[#programs + 1] = {name = name, group = "host", needs = "$B/lua_host", words = {"$B/lua_host", "malloc", script, ...},
    arena = {"$B/lua_host", "arena", script, ...}}
end
host("host-trees", "$R/trees.lua")
host("host-mixed", "$R/mixed.lua")
host("host-trees-16", "$R/trees.lua", "16")
host("host-mixed-50000", "$R/mixed.lua", "500000", "50000")

return programs
