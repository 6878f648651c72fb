# What makes the command start fast and stay small: every process pays for the pages that it touches on its way.

# Without libm, which most programs never call (src/cli/mathematics.c); only glibc has it apart, under a known name.
include(CheckIncludeFile)
check_include_file(gnu/lib-names.h RILLE_HAVE_LIB_NAMES)
if(RILLE_HAVE_LIB_NAMES AND NOT RILLE_SANITIZE)
  set_source_files_properties(src/cli/mathematics.c PROPERTIES COMPILE_DEFINITIONS RILLE_LAZY_LIBM=1
    COMPILE_OPTIONS "-fno-builtin")
else()
  target_link_libraries(rille_command PRIVATE m)
endif()

# Relocations take a twentieth of the space, where the system's loader knows the format (a binary that has it does not start on others).
if(NOT RILLE_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
  include(CheckCSourceRuns)
  set(CMAKE_REQUIRED_LINK_OPTIONS -Wl,-z,pack-relative-relocs ${RILLE_LINKER})
  check_c_source_runs("int here; int *there = &here; int main(void) { return there != &here; }" RILLE_PACKED_RELOCATIONS_WORK)
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
  if(RILLE_PACKED_RELOCATIONS_WORK)
    set(packed_relocations -Wl,-z,pack-relative-relocs)
    target_link_options(rille_command PRIVATE ${packed_relocations})
  endif()
endif()

# Functions that run at each start, and then those of common programs, lie together (start_up.order): the system maps files in pieces
# of 64 KB, so that a function here and another there make the whole resident. Only lld can do it, with the object that
# its optimiser has made.
find_program(RILLE_NM NAMES llvm-nm-19 llvm-nm nm)
if(RILLE_LTO_WORKS AND CMAKE_C_COMPILER_ID MATCHES "Clang" AND RILLE_NM AND NOT RILLE_PROFILE STREQUAL "generate")
  set(whole_object ${PROJECT_BINARY_DIR}/rille_command.o)
  target_link_options(rille_command PRIVATE -Wl,--lto-obj-path=${whole_object})
  set_target_properties(rille_command PROPERTIES LINK_DEPENDS
    "${PROJECT_SOURCE_DIR}/cmake/start_up.order;${PROJECT_SOURCE_DIR}/cmake/order_functions.cmake")
  set(libraries ${CMAKE_DL_LIBS})
  list(TRANSFORM libraries PREPEND -l)
  string(JOIN "|" link_again ${RILLE_LINKER} -rdynamic ${packed_relocations} ${libraries} ${CMAKE_THREAD_LIBS_INIT})
  add_custom_command(TARGET rille_command POST_BUILD VERBATIM
    COMMAND ${CMAKE_COMMAND} -DOBJECT=${whole_object} -DORDER=${PROJECT_SOURCE_DIR}/cmake/start_up.order
            -DCOMPILER=${CMAKE_C_COMPILER} -DNM=${RILLE_NM} "-DFLAGS=${link_again}" -DOUTPUT=$<TARGET_FILE:rille_command>
            -P ${PROJECT_SOURCE_DIR}/cmake/order_functions.cmake)
endif()
