// lua.hpp - the C headers of Lua for C++ programs.
// Part of Rille. SPDX-License-Identifier: MIT (see LICENSE).

extern "C" {
#include "lua.h"
#include "lualib.h"
#include "lauxlib.h"
}
