# Twins of Debian's liblua5.4-0, in compat/: liblua5.4.so.0 from the library's own objects, and liblua5.4-c++.so.0, where
# errors are C++ exceptions, so that destructors of the frames they pass run. Same names, soname and version node.
set(compat_map ${PROJECT_SOURCE_DIR}/cmake/compat.map)

function(rille_compat_library target name)
  target_link_libraries(${target} PUBLIC m ${CMAKE_DL_LIBS} Threads::Threads PRIVATE rille_flags)
  target_link_options(${target} PRIVATE -Wl,-Bsymbolic-functions -Wl,--version-script=${compat_map})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name} VERSION 0.0.0 SOVERSION 0 LINK_DEPENDS ${compat_map}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/compat)
endfunction()

add_library(rille_compat SHARED $<TARGET_OBJECTS:rille_objects>)
rille_compat_library(rille_compat lua5.4)
target_link_libraries(rille_compat PRIVATE rille_link_flags)

include(CheckLanguage)
check_language(CXX)
if(CMAKE_CXX_COMPILER)
  enable_language(CXX)
  # The other objects are the same; only where errors land differs. C frames are unwound by their tables.
  add_library(rille_exception_objects OBJECT src/raise/protect.c src/raise/exception.cpp)
  target_include_directories(rille_exception_objects PRIVATE include src)
  target_compile_definitions(rille_exception_objects PRIVATE RL_ERRORS_ARE_EXCEPTIONS=1 RL_CHECK_LEVEL=${RILLE_CHECK_LEVEL})
  target_compile_options(rille_exception_objects PRIVATE -Wall -Wextra -fvisibility=hidden -fexceptions -fno-lto)
  set_target_properties(rille_exception_objects PROPERTIES POSITION_INDEPENDENT_CODE ON)
  add_library(rille_compat_cxx SHARED $<TARGET_OBJECTS:rille_exception_objects>
    $<FILTER:$<TARGET_OBJECTS:rille_objects>,EXCLUDE,/raise/protect[.]c>)
  rille_compat_library(rille_compat_cxx lua5.4-c++)
  target_link_options(rille_compat_cxx PRIVATE -fno-lto)
  set_target_properties(rille_compat_cxx PROPERTIES LINKER_LANGUAGE CXX)
else()
  message(STATUS "no C++ compiler: liblua5.4-c++ is left out")
endif()
