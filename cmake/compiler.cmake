# clang 19 has the guaranteed tail calls that the interpreter wants; any C11 compiler does where there is none. CC or
# -DCMAKE_C_COMPILER decide otherwise.
if(NOT DEFINED CMAKE_C_COMPILER AND "$ENV{CC}" STREQUAL "")
  find_program(RILLE_CLANG NAMES clang-19)
  if(RILLE_CLANG)
    set(CMAKE_C_COMPILER ${RILLE_CLANG})
    if(NOT DEFINED CMAKE_CXX_COMPILER AND "$ENV{CXX}" STREQUAL "")
      find_program(RILLE_CLANGXX NAMES clang++-19)
      if(RILLE_CLANGXX)
        set(CMAKE_CXX_COMPILER ${RILLE_CLANGXX})
      endif()
    endif()
  endif()
endif()
