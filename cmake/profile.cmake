# A release that is optimised by a profile of itself (preset `pgo`, not the default). The build makes an instrumented command in a
# folder of its own, lets it run the benchmark programs at a small scale (bench/train.sh), and compiles the library and the command
# with what was counted. RILLE_PROFILE is `use` for the whole of that, `generate` for the instrumented build inside.
set(RILLE_PROFILE "" CACHE STRING "Profile-guided build: empty, generate or use")

# Called for each target that is to be compiled by the profile.
function(rille_profiled target)
  if(RILLE_PROFILE STREQUAL "generate")
    target_compile_options(${target} PRIVATE ${profile_generate})
    target_link_options(${target} PRIVATE ${profile_generate})
  elseif(RILLE_PROFILE STREQUAL "use")
    target_compile_options(${target} PRIVATE ${profile_use})
    add_dependencies(${target} rille_profile)
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources INCLUDE REGEX "\\.c$")
    set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS ${profile_file})
  endif()
endfunction()

if(NOT RILLE_PROFILE)
  return()
endif()

if(CMAKE_C_COMPILER_ID MATCHES "Clang")
  string(REGEX MATCH "^[0-9]+" clang_major ${CMAKE_C_COMPILER_VERSION})
  find_program(RILLE_PROFDATA NAMES llvm-profdata-${clang_major} llvm-profdata REQUIRED)
  set(profile_folder ${PROJECT_BINARY_DIR}/counts)
  set(profile_file ${PROJECT_BINARY_DIR}/profile.profdata)
  set(profile_generate -fprofile-generate=${profile_folder})
  set(profile_use -fprofile-use=${profile_file} -Wno-profile-instr-unprofiled -Wno-profile-instr-out-of-date)
else()
  message(FATAL_ERROR "the profile-guided build is made for clang; this is ${CMAKE_C_COMPILER_ID}")
endif()

if(RILLE_PROFILE STREQUAL "use")
  set(instrumented ${PROJECT_BINARY_DIR}/instrumented)
  file(GLOB_RECURSE profiled_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.c ${PROJECT_SOURCE_DIR}/src/*.h
    ${PROJECT_SOURCE_DIR}/src/*.def)
  file(GLOB_RECURSE profile_programs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.lua)
  add_custom_command(OUTPUT ${profile_file}
    COMMAND ${CMAKE_COMMAND} -S ${PROJECT_SOURCE_DIR} -B ${instrumented} -G ${CMAKE_GENERATOR} -DRILLE_PROFILE=generate
            -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER} -DCMAKE_BUILD_TYPE=${CMAKE_BUILD_TYPE} -DRILLE_LTO=OFF -DRILLE_TESTS=OFF
    COMMAND ${CMAKE_COMMAND} --build ${instrumented} --target rille_command
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${instrumented}/counts
    COMMAND sh ${PROJECT_SOURCE_DIR}/bench/train.sh ${instrumented}/rille
    COMMAND ${RILLE_PROFDATA} merge -o ${profile_file} ${instrumented}/counts
    DEPENDS ${profiled_sources} ${profile_programs} ${PROJECT_SOURCE_DIR}/bench/train.sh
    COMMENT "Counting what the benchmark programs do"
    VERBATIM USES_TERMINAL)
  add_custom_target(rille_profile DEPENDS ${profile_file})
elseif(NOT RILLE_PROFILE STREQUAL "generate")
  message(FATAL_ERROR "RILLE_PROFILE is '${RILLE_PROFILE}'; it can be empty, generate or use")
endif()
