/* See exception.h. */
#include "raise/exception.h"

#include <cstring>
#include <cxxabi.h>
#include <exception>

namespace {
struct Landing {
  const void *target;
};
} // namespace

extern "C" {

ExceptionKind rl_exception_try(void (*body)(void *), void *data, const void *target, char text[RL_EXCEPTION_TEXT]) {
  text[0] = '\0';
  try {
    body(data);
  } catch (const Landing &landing) {
    if (landing.target != target) throw;
    return EXCEPTION_LANDED;
  } catch (const abi::__forced_unwind &) {
    throw;
  } catch (const std::exception &error) {
    std::strncpy(text, error.what(), RL_EXCEPTION_TEXT - 1);
    text[RL_EXCEPTION_TEXT - 1] = '\0';
    return EXCEPTION_FOREIGN;
  } catch (...) {
    return EXCEPTION_FOREIGN;
  }
  return EXCEPTION_NONE;
}

void rl_exception_throw(const void *target) {
  throw Landing{target};
}
}
