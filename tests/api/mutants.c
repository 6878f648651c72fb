/* Damaged binary chunks. Functions of many kinds are dumped, bytes of the dumps are changed at random, and what is
 * still accepted is called. A mutant must be refused, or run to an end or to an error: never a crash, a sanitizer's
 * report, a leak or a hang.
 *
 * RILLE_MUTANTS=n makes n of them, RILLE_MUTANTS_SEED=s other ones. Each is a function of the seed and its number: when
 * one kills the process, both are printed, and RILLE_MUTANTS_SEED=s RILLE_MUTANTS_FIRST=number RILLE_MUTANTS=1 makes it
 * again alone, RILLE_MUTANTS_WRITE=file writes it (for `rille --list`) before it is loaded. */
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "support.h"

#ifdef RILLE_VERSION

#include "../../fuzz/sandbox.h"

enum { RENEWAL = 2000, MAX_SITES = 4000, MAX_BYTES = 1 << 21, HANG_SECONDS = 200 };

/* ---- the functions ---- */

static const char *const sources[] = {
  /* loops and jumps */
  "local s, n = 0, ...\n"
  "for i = 1, 10 do s = s + i if i > 8 then break end end\n"
  "for i = 10, 1, -3 do s = s - i end\n"
  "for x = 0.0, 1, 0.25 do s = s + x end\n"
  "for k, v in pairs({1, 2, a = 3}) do s = s + v end\n"
  "for a, b, c in next, {5} do s = s + b end\n"
  "while s > 100 do s = s // 2 end\n"
  "repeat local t = s; s = s + 1.5 until t >= 20 or s == 3\n"
  "for i = 1, 3 do for j = 1, 3 do if i == j then goto next end s = s + j ::next:: end end\n"
  "do local i = 1 ::again:: i = i + 1 if i < 5 then goto again end end\n"
  "return s, n and s or 1, not n, n == nil, s ~= 7",
  /* comparisons, in every sense, with registers and immediates */
  "local a, b, s = ..., 2, ''\n"
  "local function c(x, y)\n"
  "  local n = 0\n"
  "  if x == y then n = 1 end if x ~= y then n = n + 2 end\n"
  "  if x < y then n = n + 4 end if not (x < y) then n = n + 8 end\n"
  "  if x <= y then n = n + 16 end if not (x <= y) then n = n + 32 end\n"
  "  if x == 'k' then n = n + 1 end if x ~= 'k' then n = n - 1 end\n"
  "  if x == 5 then n = n + 1 end if x ~= 5 then n = n - 1 end\n"
  "  if x < 5 then n = n + 1 end if not (x < 5) then n = n - 1 end\n"
  "  if x <= 5 then n = n + 1 end if not (x <= 5) then n = n - 1 end\n"
  "  if x > 5 then n = n + 1 end if not (x > 5) then n = n - 1 end\n"
  "  if x >= 5 then n = n + 1 end if not (x >= 5) then n = n - 1 end\n"
  "  local t, u = x and y, x or y\n"
  "  local v = (x == y) or (x ~= nil and y)\n"
  "  if x and y or t then n = n + 1 end\n"
  "  while not (x == y) do n = n + 1 if n > 60 then break end end\n"
  "  repeat n = n + 1 until x ~= 'k' or x >= 5 or x == 5 or n > 90\n"
  "  repeat n = n + 1 until not (x < 5) or x > 5 or n > 99\n"
  "  return n, t, u, v, x < y, x >= y, not (x == y), x ~= 5\n"
  "end\n"
  "return c(a, b), c(1.5, 1.5), pcall(c, 'a', 'b'), pcall(c, {}, 1), c(5, 4)",
  /* arithmetic in its three forms */
  "local a, b, f = ..., 7, 0.5\n"
  "a = a or 3\n"
  "local t = {a + b, a - b, a * b, a % b, a ^ b, a / b, a // b, a & b, a | b, a ~ b, a << b, a >> b}\n"
  "local r = {a + 1.5, a - 1.5, a * 3, a % 3, a ^ 2, a / 2, a // 2, a & 6, a | 6, a ~ 6, a << 2, a >> 2}\n"
  "local k = {1.5 + a, 300 - a, 3 * a, 3 % a, 2 ^ a, 2 / a, 200 // a, 6 & a, 6 | a, 6 ~ a, 2 << a, 2 >> a}\n"
  "local i = {a + 1, a - 1, -a, ~a, not a, #t, a + 100000, 1 - a, a + -5, 0.0 + a, 3.0, 40000, 1e300, -12345}\n"
  "local s = a .. b .. f .. 'x' .. #t\n"
  "return s, t, r, k, i, 'a' .. a, math.mininteger // -1, a // 0.0, pcall(function() return a // 0 end)",
  /* tables */
  "local t = {1, 2, nil, 4; x = 1, ['long key, too long for the table of short strings'] = 2, [1] = 'y', n = {}, ...}\n"
  "local big = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,"
  "37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70}\n"
  "local k, v = 'key', 5\n"
  "t.x = v t.x = 'constant' t[1] = v t[2] = 'constant' t[k] = v t[k] = 'constant' t[v] = nil t[300] = 1 t.z = nil\n"
  "global = v global = 1 global = 'constant'\n"
  "t.f = function(self, a) return self.x, a end\n"
  "t['long key, too long for the table of short strings'] = t\n"
  "local sum = t.x and #t.n + big[1] + big[65] + t[1]\n"
  "function t.n:m(...) self.last = ... return select('#', ...) end\n"
  "return t:f(k), t.n:m(1, 2, 3), sum, global, t[k], t[1], #big, next(t), rawlen(big)",
  /* closures and upvalues */
  "local up, other = 1, {}\n"
  "local function make(x)\n"
  "  local list = {}\n"
  "  for i = 1, 3 do local j = i; list[i] = function(d) j = j + (d or x); up = up + j; return j, up, i end end\n"
  "  other.y = x other.z = 'constant' other[1] = up\n"
  "  return list, function() return x, up end, function(...) up = ... return function() return up, x end end\n"
  "end\n"
  "local list, get, set = make(10)\n"
  "do local up = get ; list[4] = function() return up() end end\n"
  "while up < 50 do local n = up; list[1]() ; list[5] = function() n = n + 1 return n end end\n"
  "return list[1](), list[2](3), list[4](), set(5)(), get(), (list[5]())",
  /* varargs, calls and tail calls */
  "local function count(...) return select('#', ...), ... end\n"
  "local function tail(n, ...) if n == 0 then return ... end return tail(n - 1, n, ...) end\n"
  "local function method(self, ...) local a, b = ... return self, a, b, ... end\n"
  "local function deep(n) if n > 0 then return 1 + deep(n - 1) end return 0 end\n"
  "local function void() end\n"
  "local t = {m = method, count(tail(5)), (tail(3))}\n"
  "void(count(), tail(4, 1)) void(...)\n"
  "local a, b, c = count(1, 2) local d, e = (count(...)) local f = tail(2) or ...\n"
  "return t:m(count(tail(3, ...))), deep(30), a, b, c, d, e, f, table.unpack({tail(6, ...)})",
  /* variables to be closed, errors and coroutines */
  "local log = {}\n"
  "local function scope(name, bad)\n"
  "  return setmetatable({}, {__close = function(_, e) log[#log + 1] = name; if bad then error(name) end "
  "coroutine.yield(name) end})\n"
  "end\n"
  "local function body(x)\n"
  "  local a <close> = scope('a')\n"
  "  local k <const>, b <close> = 5, scope('b', x == 1)\n"
  "  for v in function(_, c) return not c and 1 or nil end, nil, nil, scope('loop') do if x == 2 then break end end\n"
  "  do local c <close> = scope('c') if x == 3 then goto out end end\n"
  "  ::out::\n"
  "  if x == 4 then error({}) end\n"
  "  return k, a, function() return b end\n"
  "end\n"
  "for i = 1, 5 do\n"
  "  local co = coroutine.create(body)\n"
  "  for n = 1, 6 do log[#log + 1] = coroutine.resume(co, i) end\n"
  "  if i == 5 then coroutine.close(co) end\n"
  "end\n"
  "local wrapped = coroutine.wrap(function(...) local p = coroutine.yield(...) return pcall(coroutine.yield, p) end)\n"
  "wrapped(1, 2) wrapped(3)\n"
  "return #log, wrapped(4), pcall(body, 1), pcall(error), xpcall(body, function(m) return m end, 4)",
  /* metamethods of every kind */
  "local mt = {__index = function(t, k) return k end, __newindex = function(t, k, v) rawset(t, k, v) end}\n"
  "for e in ('add sub mul div mod pow unm idiv band bor bxor shl shr bnot concat len'):gmatch('%a+') do\n"
  "  mt['__' .. e] = function(a, b) return e end\n"
  "end\n"
  "mt.__eq = function() return true end mt.__lt = function() return false end mt.__le = mt.__eq\n"
  "mt.__call = function(self, ...) return ... end mt.__close = function() end\n"
  "local a, b = setmetatable({}, mt), setmetatable({}, mt)\n"
  "local c <close> = a\n"
  "local r = {a + b, a + 1, 2 - a, a * 3.5, a / b, a % 2, 2 ^ a, -a, a // 1, a & 1, 1 | a, a ~ b, a << 1, 1 >> a, ~a,\n"
  "  a .. 'x' .. b, 'x' .. a, #a, a == b, a ~= b, a < b, a <= b, a > 1, a >= 2, 1 < a, a.x, a[1], a[1.5], a[b]}\n"
  "if a == b then r[#r + 1] = 1 end if not (a < 5) then r[#r + 1] = 2 end if a <= b then r.x = 3 end\n"
  "a.x = 1 a[1] = 2 a[b] = 3 a.y = 'constant' a[2] = 'constant' a['z' .. 1] = 4\n"
  "for k, v in a, b, 1 do break end\n"
  "local i = setmetatable({}, {__index = setmetatable({y = 1}, {__index = string}), __newindex = r})\n"
  "i.q = i.y i[1] = i.rep\n"
  "return a(1, 2), a.x, r, i.len",
  /* long strings, all kinds of constants, nesting */
  "local long = [[a string that is longer than forty bytes, so that it is not interned]]\n"
  "local zero, nan, huge = 0, -(0/0), 1e308 * 10\n"
  "local ints = {0x7fffffffffffffff, -0x8000000000000000, 123456789012, 0.1, -0.0, 65535, 65536, -32768, 2^53}\n"
  "local f = function() return function() return function(...) return long, ints, zero, ... end end end\n"
  "local bits = '\\0\\1\\255\\u{10ffff}' .. long:sub(1, 3):rep(10, ',')\n"
  "return f()()(nan, huge), #bits, long == long .. '', load('return 1 + ...')(2), load(string.dump(f))()",
  /* the libraries that call back */
  "local t = {3, 1, 2, 5, 4}\n"
  "table.sort(t, function(a, b) return a > b end)\n"
  "local s = ('key=value'):gsub('(%w+)=(%w+)', function(k, v) return v .. k end)\n"
  "for w in s:gmatch('%a') do t[#t + 1] = w end\n"
  "local ok, message = pcall(string.rep, 'x', -1)\n"
  "local ok2, m2 = xpcall(function() local x = nil; return x.field.other end, function(m) return #m end)\n"
  "return table.concat(t, ','), select(2, pcall(t)), m2, tostring(t):len(), tonumber('0x1p4'), math.max(1, 2.5)",
};

enum { SOURCES = sizeof sources / sizeof sources[0], BASES = 2 * SOURCES + 1 };

typedef struct Chunk {
  unsigned char *bytes;
  size_t size, room;
  size_t sites[MAX_SITES]; /* offsets where instructions seem to be */
  size_t site_count;
} Chunk;

static int append(lua_State *L, const void *piece, size_t size, void *data) {
  Chunk *chunk = data;
  (void)L;
  if (chunk->size + size > chunk->room) {
    chunk->room = 2 * (chunk->size + size);
    chunk->bytes = realloc(chunk->bytes, chunk->room);
  }
  memcpy(chunk->bytes + chunk->size, piece, size);
  chunk->size += size;
  return 0;
}

/* Where every fourth byte is a small number, words are probably instructions. */
static void find_sites(Chunk *chunk) {
  enum { RUN = 5, OPCODES = 128 };
  for (size_t at = 0; at + 4 * RUN < chunk->size && chunk->site_count < MAX_SITES; at++) {
    int small = 0;
    while (small < RUN && chunk->bytes[at + 4 * (size_t)small] < OPCODES) small++;
    if (small == RUN) chunk->sites[chunk->site_count++] = at;
  }
}

/* A function with more constants than 16 bits count. */
static void push_big(lua_State *L) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  luaL_addstring(&buffer, "local t = {");
  for (int i = 0; i < 65600; i++) {
    char text[32];
    snprintf(text, sizeof text, "%d.25,", i);
    luaL_addstring(&buffer, text);
  }
  luaL_addstring(&buffer, "} t.field = 77777.5 return t.field, 88888.5, t[1]");
  luaL_pushresult(&buffer);
}

static void make_bases(lua_State *L, Chunk *bases) {
  for (int i = 0; i < BASES; i++) {
    if (i < 2 * SOURCES)
      lua_pushstring(L, sources[i / 2]);
    else
      push_big(L);
    if (luaL_loadstring(L, lua_tostring(L, -1)) != LUA_OK) fail_msg("%s", lua_tostring(L, -1));
    memset(&bases[i], 0, sizeof bases[i]);
    lua_dump(L, append, &bases[i], i % 2);
    find_sites(&bases[i]);
    lua_settop(L, 0);
  }
}

static void free_bases(Chunk *bases) {
  for (int i = 0; i < BASES; i++) free(bases[i].bytes);
}

/* ---- mutation ---- */

typedef struct Random {
  uint64_t state;
} Random;

static uint64_t next_random(Random *random) {
  random->state ^= random->state << 13;
  random->state ^= random->state >> 7;
  random->state ^= random->state << 17;
  return random->state * 0x2545f4914f6cdd1dull;
}

static size_t below(Random *random, size_t limit) {
  return limit == 0 ? 0 : (size_t)((next_random(random) >> 16) % limit);
}

static Random random_of(uint64_t seed, uint64_t number) {
  uint64_t z = seed * 0x9e3779b97f4a7c15ull + (number + 1) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 30)) * 0x94d049bb133111ebull;
  z ^= z >> 31;
  return (Random){z == 0 ? 1 : z};
}

typedef struct Mutant {
  unsigned char *bytes; /* room for MAX_BYTES */
  size_t size;
  const Chunk *base;
} Mutant;

static unsigned char interesting(Random *random) {
  static const unsigned char values[] = {0, 1, 2, 3, 4, 0x7f, 0x80, 0x81, 0x82, 0xfe, 0xff, 0x40, 0x10, 0x1b, 200, 250};
  return values[below(random, sizeof values)];
}

static size_t some_site(Random *random, const Mutant *mutant) {
  const Chunk *base = mutant->base;
  size_t at = base->site_count > 0 ? base->sites[below(random, base->site_count)] : below(random, mutant->size);
  return at + 4 <= mutant->size ? at : 0;
}

static void delete_some(Random *random, Mutant *mutant) {
  size_t at = below(random, mutant->size);
  size_t count = 1 + below(random, below(random, 4) == 0 ? 64 : 4);
  if (count > mutant->size - at) count = mutant->size - at;
  memmove(mutant->bytes + at, mutant->bytes + at + count, mutant->size - at - count);
  mutant->size -= count;
}

static void insert_some(Random *random, Mutant *mutant) {
  size_t at = below(random, mutant->size);
  size_t count = 1 + below(random, below(random, 4) == 0 ? 64 : 4);
  if (mutant->size + count > MAX_BYTES) return;
  memmove(mutant->bytes + at + count, mutant->bytes + at, mutant->size - at);
  for (size_t i = 0; i < count; i++) mutant->bytes[at + i] = (unsigned char)next_random(random);
  mutant->size += count;
}

/* The head of this chunk and the tail of another, which is cut near the same place or anywhere. */
static void splice(Random *random, Mutant *mutant, const Chunk *other) {
  size_t cut = below(random, mutant->size);
  size_t from = below(random, 2) == 0 && cut < other->size ? cut : below(random, other->size);
  size_t count = other->size - from;
  if (cut + count > MAX_BYTES) return;
  memcpy(mutant->bytes + cut, other->bytes + from, count);
  mutant->size = cut + count;
}

static void swap_words(Random *random, Mutant *mutant) {
  unsigned char word[4];
  unsigned char *x = mutant->bytes + some_site(random, mutant);
  unsigned char *y = mutant->bytes + some_site(random, mutant);
  memcpy(word, x, 4);
  memmove(x, y, 4);
  memcpy(y, word, 4);
}

static void copy_word(Random *random, Mutant *mutant, const Chunk *other) {
  size_t from = other->site_count > 0 ? other->sites[below(random, other->site_count)] : 0;
  memcpy(mutant->bytes + some_site(random, mutant), other->bytes + from, 4);
}

static void mutate(Random *random, Mutant *mutant, const Chunk *other) {
  if (mutant->size < 16) return;
  size_t at = below(random, mutant->size);
  size_t site = some_site(random, mutant);
  switch (below(random, 16)) {
    case 0: mutant->bytes[at] ^= (unsigned char)(1u << below(random, 8)); break;
    case 1: mutant->bytes[at] = interesting(random); break;
    case 2: mutant->bytes[at] = (unsigned char)next_random(random); break;
    case 3: delete_some(random, mutant); break;
    case 4: insert_some(random, mutant); break;
    case 5:
      if (below(random, 8) == 0) mutant->size = at;
      break;
    case 6: splice(random, mutant, other); break;
    case 7: swap_words(random, mutant); break;
    case 8: copy_word(random, mutant, other); break;
    case 9:
    case 10: mutant->bytes[site] = (unsigned char)below(random, 120); break;
    case 11: mutant->bytes[site + 1 + below(random, 3)] = interesting(random); break;
    case 12: mutant->bytes[site] ^= 1; break;
    default: mutant->bytes[site + 1 + below(random, 3)] = (unsigned char)below(random, 12); break;
  }
}

static void make_mutant(const Chunk *bases, uint64_t seed, uint64_t number, Mutant *mutant) {
  Random random = random_of(seed, number);
  bool big = below(&random, 2000) == 0;
  const Chunk *base = &bases[big ? BASES - 1 : below(&random, BASES - 1)];
  mutant->base = base;
  mutant->size = base->size;
  memcpy(mutant->bytes, base->bytes, base->size);
  for (size_t count = 1 + below(&random, below(&random, 3) == 0 ? 8 : 2); count > 0; count--)
    mutate(&random, mutant, &bases[below(&random, BASES - 1)]);
}

/* ---- when one kills the process ---- */

static uint64_t current_seed, current_number;

static void report(void) {
  char text[200];
  int length = snprintf(text, sizeof text, "mutants: seed %llu, mutant number %llu\n", (unsigned long long)current_seed,
                        (unsigned long long)current_number);
  if (write(STDERR_FILENO, text, (size_t)length) != length) _exit(3);
}

static void report_signal(int signal_number) {
  report();
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

/* Sanitizers end the process in their own way and offer this to look on; they handle SIGSEGV themselves. */
extern void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void watch(void) {
  static const int signals[] = {SIGABRT, SIGILL, SIGTRAP, SIGFPE, SIGBUS, SIGALRM, SIGSEGV};
  bool sanitized = __sanitizer_set_death_callback != NULL;
  if (sanitized) __sanitizer_set_death_callback(report);
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
    if (!sanitized || signals[i] == SIGABRT || signals[i] == SIGALRM) signal(signals[i], report_signal);
}

static void unwatch(void) {
  alarm(0);
  if (__sanitizer_set_death_callback != NULL) __sanitizer_set_death_callback(NULL);
  signal(SIGABRT, SIG_DFL);
}

/* ---- the tests ---- */

static uint64_t setting(const char *name, uint64_t otherwise) {
  const char *text = getenv(name);
  return text != NULL && *text != 0 ? strtoull(text, NULL, 10) : otherwise;
}

/* In stress builds each allocation collects. */
static uint64_t default_count(void) {
#ifdef RL_STRESS_GC
  return 2000;
#else
  return 20000;
#endif
}

static void write_mutant(const Mutant *mutant) {
  const char *path = getenv("RILLE_MUTANTS_WRITE");
  if (path == NULL) return;
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(mutant->bytes, 1, mutant->size, file), mutant->size);
  fclose(file);
}

/* Whether the mutant was accepted. */
static bool try_mutant(Sandbox *sandbox, const Mutant *mutant, FILE *nowhere) {
  lua_State *L = sandbox->L;
  sandbox_refill(sandbox);
  /* In a buffer of exactly its size, so that reading beyond the end is seen. */
  char *copy = malloc(mutant->size);
  memcpy(copy, mutant->bytes, mutant->size);
  bool accepted = luaL_loadbufferx(L, copy, mutant->size, "=mutant", "b") == LUA_OK;
  free(copy);
  if (accepted) {
    if (current_number % 8 == 0) rille_list(L, nowhere);
    lua_pushinteger(L, 3);
    lua_pushliteral(L, "x");
    lua_newtable(L);
    sandbox_run(sandbox, 3);
  }
  lua_settop(L, 0);
  return accepted;
}

static void mutants_do_no_harm(void **state) {
  Chunk *bases = calloc(BASES, sizeof *bases);
  Mutant mutant = {.bytes = malloc(MAX_BYTES)};
  Sandbox sandbox;
  FILE *nowhere = fopen("/dev/null", "w");
  uint64_t accepted = 0;
  uint64_t first = setting("RILLE_MUTANTS_FIRST", 0);
  uint64_t count = setting("RILLE_MUTANTS", default_count());
  current_seed = setting("RILLE_MUTANTS_SEED", 1);
  make_bases(*state, bases);
  sandbox_new(&sandbox);
  watch();
  for (current_number = first; current_number < first + count; current_number++) {
    alarm(HANG_SECONDS);
    make_mutant(bases, current_seed, current_number, &mutant);
    write_mutant(&mutant);
    accepted += try_mutant(&sandbox, &mutant, nowhere);
    if (current_number % RENEWAL == RENEWAL - 1 || sandbox.held > SANDBOX_HELD / 8) {
      sandbox_close(&sandbox);
      sandbox_new(&sandbox);
    }
  }
  sandbox_close(&sandbox);
  unwatch();
  printf("%llu mutants of seed %llu: %llu refused, %llu ran\n", (unsigned long long)count,
         (unsigned long long)current_seed, (unsigned long long)(count - accepted), (unsigned long long)accepted);
  if (count >= 1000) assert_in_range(accepted, count / 20, count - count / 20); /* else nothing is tested */
  fclose(nowhere);
  free(mutant.bytes);
  free_bases(bases);
  free(bases);
}

/* The functions that mutants are made of contain every instruction, unchanged ones run without error. */
static void bases_are_whole(void **state) {
  static const char *const names[] = {
#define OPCODE(name, words, a, b, c, x, jumps, effect) "\t" #name " ",
#include "../../src/bytecode/opcodes.def"
#undef OPCODE
  };
  lua_State *L = *state;
  Chunk *bases = calloc(BASES, sizeof *bases);
  FILE *out = tmpfile();
  assert_non_null(out);
  make_bases(L, bases);
  alarm(HANG_SECONDS);
  for (int i = 0; i < BASES; i++) {
    if (luaL_loadbufferx(L, (char *)bases[i].bytes, bases[i].size, "=base", "b") != LUA_OK)
      fail_msg("%s", lua_tostring(L, -1));
    rille_list(L, out);
    lua_pushinteger(L, 3);
    lua_pushliteral(L, "x");
    lua_newtable(L);
    if (lua_pcall(L, 3, 0, 0) != LUA_OK) fail_msg("base %d: %s", i, lua_tostring(L, -1));
    assert_true(bases[i].site_count > 20);
  }
  alarm(0);
  size_t size = (size_t)ftell(out);
  char *listing = calloc(size + 1, 1);
  rewind(out);
  assert_int_equal(fread(listing, 1, size, out), size);
  fclose(out);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strstr(listing, names[i]) == NULL) fail_msg("no function contains %s", names[i]);
  free(listing);
  free_bases(bases);
  free(bases);
}

int main(void) {
  const struct CMUnitTest tests[] = {STATE_TEST(bases_are_whole), STATE_TEST(mutants_do_no_harm)};
  return cmocka_run_group_tests_name("mutants", tests, NULL, NULL);
}

#else

int main(void) {
  return 0; /* stock Lua trusts binary chunks */
}

#endif
