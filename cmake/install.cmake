# What `make install PREFIX=...` puts where. Of liblua5.4's name only files in a folder of their own, lib/rille/compat.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(rille_headers ${CMAKE_INSTALL_INCLUDEDIR}/rille)
set(rille_package ${CMAKE_INSTALL_LIBDIR}/cmake/Rille)
set(rille_compat_folder ${CMAKE_INSTALL_LIBDIR}/rille/compat)

install(TARGETS rille_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS rille_shared rille_static EXPORT RilleTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${rille_headers})
# The allocator by itself: malloc's place, and private arenas for those who do without.
set(allocator_targets rille_arena)
if(TARGET rille_malloc)
  list(APPEND allocator_targets rille_malloc)
endif()
install(TARGETS ${allocator_targets} EXPORT RilleTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${rille_headers})
# What only this compiler's link-time optimiser reads is taken out of static libraries: another version would refuse it.
if(RILLE_LTO_WORKS AND CMAKE_OBJCOPY)
  foreach(library rille_static rille_arena)
    install(CODE "
      execute_process(COMMAND \"${CMAKE_OBJCOPY}\" --wildcard --remove-section=.gnu.lto_* --remove-section=.gnu.debuglto_*
        --remove-section=.llvm.lto --strip-symbol=__gnu_lto_v1
        \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/$<TARGET_FILE_NAME:${library}>\" COMMAND_ERROR_IS_FATAL ANY)")
  endforeach()
endif()
install(FILES ${PROJECT_SOURCE_DIR}/malloc/include/rille_arena.h DESTINATION ${rille_headers})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${rille_headers} FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

# find_package(Rille): targets Rille::rille, Rille::rille_static, Rille::rille_malloc and Rille::rille_arena. They find their files from
# where they are themselves.
# As long as the version begins with 0, a new minor version may break what our own additions (rille.h) promise.
install(EXPORT RilleTargets NAMESPACE Rille:: DESTINATION ${rille_package})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/RilleConfig.cmake.in ${PROJECT_BINARY_DIR}/RilleConfig.cmake
  INSTALL_DESTINATION ${rille_package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/RilleConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/RilleConfig.cmake ${PROJECT_BINARY_DIR}/RilleConfigVersion.cmake DESTINATION ${rille_package})

# pkg-config files name the prefix, which is known when it comes to installing.
file(STRINGS ${PROJECT_SOURCE_DIR}/include/lua.h release REGEX "define LUA_VERSION_RELEASE ")
string(REGEX MATCH "[0-9]+" RILLE_LUA_RELEASE "${release}")
function(install_pc_file template name library folder)
  install(CODE "
    set(PROJECT_VERSION \"${PROJECT_VERSION}\")
    set(RILLE_LUA_RELEASE \"${RILLE_LUA_RELEASE}\")
    set(RILLE_LIBRARY \"${library}\")
    set(RILLE_MULTIARCH \"${CMAKE_LIBRARY_ARCHITECTURE}\")
    set(CMAKE_INSTALL_LIBDIR \"${CMAKE_INSTALL_LIBDIR}\")
    set(CMAKE_INSTALL_INCLUDEDIR \"${CMAKE_INSTALL_INCLUDEDIR}\")
    configure_file(\"${PROJECT_SOURCE_DIR}/cmake/${template}\" \"${PROJECT_BINARY_DIR}/pkgconfig/${name}.pc\" @ONLY)")
  install(FILES ${PROJECT_BINARY_DIR}/pkgconfig/${name}.pc DESTINATION ${folder}/pkgconfig)
endfunction()
install_pc_file(rille.pc.in rille rille ${CMAKE_INSTALL_LIBDIR})
foreach(library ${allocator_targets})
  install_pc_file(${library}.pc.in ${library} ${library} ${CMAKE_INSTALL_LIBDIR})
endforeach()

# The twins of Debian's liblua5.4-0, with its pkg-config files.
foreach(twin lua5.4 lua5.4-c++)
  set(target rille_compat)
  if(twin MATCHES "c\\+\\+")
    set(target rille_compat_cxx)
  endif()
  if(TARGET ${target})
    install(TARGETS ${target} LIBRARY DESTINATION ${rille_compat_folder})
    string(REPLACE "lua5" "lua-5" second_name ${twin})
    install_pc_file(lua5.4.pc.in ${twin} ${twin} ${rille_compat_folder})
    install_pc_file(lua5.4.pc.in ${second_name} ${twin} ${rille_compat_folder})
  endif()
endforeach()

install(FILES ${PROJECT_SOURCE_DIR}/docs/man/rille.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CHANGELOG.md
  ${PROJECT_SOURCE_DIR}/docs/embedding.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Projects that take this one in by add_subdirectory use the names that find_package would give them.
add_library(Rille::rille ALIAS rille_shared)
add_library(Rille::rille_static ALIAS rille_static)
foreach(library ${allocator_targets})
  add_library(Rille::${library} ALIAS ${library})
endforeach()
set_target_properties(rille_shared PROPERTIES EXPORT_NAME rille)

# The whole library in one file, with its headers.
add_custom_target(amalgamation
  COMMAND rille_command ${PROJECT_SOURCE_DIR}/tools/amalgamate.lua ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/amalgamation
  COMMENT "Writing ${PROJECT_BINARY_DIR}/amalgamation/rille.c" VERBATIM)
