// The C++ operators new and delete in all their forms, and what the standard says of failure.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <malloc.h>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

// cmocka is a C library whose failures jump over frames; this one counts by itself.
static int failures = 0;

#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                             \
      failures++;                                                                                                      \
    }                                                                                                                  \
  } while (0)

static bool comes_from_ours(const char *symbol) {
  Dl_info info;
  void *address = dlsym(RTLD_DEFAULT, symbol);
  return address != nullptr && dladdr(address, &info) != 0 && std::strstr(info.dli_fname, "librille_malloc") != nullptr;
}

static const char *const symbols[] = {
  "_Znwm", "_Znam", "_ZnwmRKSt9nothrow_t", "_ZnamRKSt9nothrow_t", "_ZnwmSt11align_val_t", "_ZnamSt11align_val_t",
  "_ZnwmSt11align_val_tRKSt9nothrow_t", "_ZnamSt11align_val_tRKSt9nothrow_t", "_ZdlPv", "_ZdaPv", "_ZdlPvm", "_ZdaPvm",
  "_ZdlPvRKSt9nothrow_t", "_ZdaPvRKSt9nothrow_t", "_ZdlPvSt11align_val_t", "_ZdaPvSt11align_val_t", "_ZdlPvmSt11align_val_t",
  "_ZdaPvmSt11align_val_t", "_ZdlPvSt11align_val_tRKSt9nothrow_t", "_ZdaPvSt11align_val_tRKSt9nothrow_t"};

static void defines_all() {
  const char *expected = std::getenv("MALLOC_EXPECTED");
  if (expected == nullptr || std::strcmp(expected, "rille") != 0) return;
  for (const char *symbol : symbols) {
    if (comes_from_ours(symbol)) continue;
    std::fprintf(stderr, "%s is not ours\n", symbol);
    failures++;
  }
}

// A call through a volatile pointer cannot be thought away.
static void *(*volatile plain_new)(std::size_t) = ::operator new;
static void *(*volatile array_new)(std::size_t) = ::operator new[];
static void *(*volatile nothrow_new)(std::size_t, const std::nothrow_t &) noexcept = ::operator new;
static void *(*volatile aligned_new)(std::size_t, std::align_val_t) = ::operator new;
static void *(*volatile aligned_array_new)(std::size_t, std::align_val_t) = ::operator new[];
static void *(*volatile aligned_nothrow_new)(std::size_t, std::align_val_t, const std::nothrow_t &) noexcept = ::operator new;

static const std::size_t sizes[] = {0, 1, 8, 16, 24, 100, 1000, 1024, 1025, 5000, 100000, 1000000};

static void pairs() {
  for (std::size_t size : sizes) {
    void *one = plain_new(size), *two = array_new(size), *three = nothrow_new(size, std::nothrow), *four = plain_new(size);
    CHECK(one != nullptr && two != nullptr && three != nullptr && four != nullptr && one != two && two != three);
    for (void *block : {one, two, three, four}) {
      CHECK(reinterpret_cast<std::uintptr_t>(block) % 16 == 0);
      CHECK(malloc_usable_size(block) >= size);
      std::memset(block, 1, size);
    }
    ::operator delete(one, size);
    ::operator delete[](two, size);
    ::operator delete(three, std::nothrow);
    ::operator delete(four);
  }
  ::operator delete(static_cast<void *>(nullptr));
  ::operator delete[](static_cast<void *>(nullptr));
}

static void aligned_pairs() {
  for (std::size_t alignment = 1; alignment <= 65536; alignment *= 2) {
    std::align_val_t value{alignment};
    for (std::size_t size : sizes) {
      void *one = aligned_new(size, value), *two = aligned_array_new(size, value), *three = aligned_nothrow_new(size, value, std::nothrow);
      for (void *block : {one, two, three}) {
        CHECK(block != nullptr && reinterpret_cast<std::uintptr_t>(block) % alignment == 0);
        std::memset(block, 1, size);
      }
      ::operator delete(one, size, value);
      ::operator delete[](two, value);
      ::operator delete(three, value, std::nothrow);
    }
  }
}

template <class Call> static bool throws_bad_alloc(Call call) {
  try {
    call();
  } catch (const std::bad_alloc &) {
    return true;
  }
  return false;
}

static const std::size_t too_large = static_cast<std::size_t>(PTRDIFF_MAX) + 1;

static void failure() {
  CHECK(throws_bad_alloc([] { plain_new(too_large); }));
  CHECK(throws_bad_alloc([] { array_new(SIZE_MAX); }));
  CHECK(throws_bad_alloc([] { aligned_new(too_large, std::align_val_t{64}); }));
  CHECK(throws_bad_alloc([] { aligned_array_new(too_large + 5, std::align_val_t{4096}); }));
  CHECK(nothrow_new(too_large, std::nothrow) == nullptr);
  CHECK(aligned_nothrow_new(too_large, std::align_val_t{64}, std::nothrow) == nullptr);
}

// The handler is called again and again until there is memory, or it throws, or there is none.
static int handler_calls;

static void count_then_leave() {
  if (++handler_calls == 3) std::set_new_handler(nullptr);
}

struct Wanted {};

static void throw_other() { throw std::bad_alloc(); }

static void handlers() {
  for (int form = 0; form < 4; form++) {
    handler_calls = 0;
    std::set_new_handler(count_then_leave);
    bool thrown = throws_bad_alloc([form] {
      if (form == 0) plain_new(too_large);
      if (form == 1) aligned_new(too_large, std::align_val_t{32});
      if (form == 2) CHECK(nothrow_new(too_large, std::nothrow) == nullptr);
      if (form == 3) CHECK(aligned_nothrow_new(too_large, std::align_val_t{32}, std::nothrow) == nullptr);
    });
    CHECK(thrown == (form < 2));
    CHECK(handler_calls == 3);
    CHECK(std::get_new_handler() == nullptr);
  }
  std::set_new_handler(throw_other);
  CHECK(throws_bad_alloc([] { plain_new(too_large); }));
  CHECK(nothrow_new(too_large, std::nothrow) == nullptr); // what the handler throws does not get out of a nothrow form
  std::set_new_handler(nullptr);
}

struct alignas(128) Wide {
  char bytes[300];
};

static void containers() {
  std::vector<std::unique_ptr<Wide>> wide;
  std::vector<std::string> strings;
  for (int i = 0; i < 2000; i++) {
    wide.push_back(std::make_unique<Wide>());
    CHECK(reinterpret_cast<std::uintptr_t>(wide.back().get()) % 128 == 0);
    strings.push_back(std::string(static_cast<std::size_t>(i), 'x'));
  }
  std::thread other([&] {
    wide.clear();
    strings.clear();
  });
  other.join();
}

int main() {
  defines_all();
  pairs();
  aligned_pairs();
  failure();
  handlers();
  containers();
  if (failures == 0) std::puts("ok");
  return failures != 0;
}
