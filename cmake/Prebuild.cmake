# What an addon for other machines has besides: scripts/package/prebuilt.mjs builds with it.
#
# TSORCH_RPATH      where the addon looks for libtorch; what is built here looks where libtorch is now
# TSORCH_STAND_INS  stand-ins of the system's libraries, with the old versions of symbols (scripts/package/symbols.mjs)
set_target_properties(tsorch PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "${TSORCH_RPATH}")

# Opens libtorch by its path, wherever a package manager put it: the addon then finds it open.
add_library(tsorch_preload MODULE ${CMAKE_CURRENT_SOURCE_DIR}/native/preload/preload.cpp)
target_link_libraries(tsorch_preload PRIVATE node_api ${CMAKE_DL_LIBS})
target_compile_features(tsorch_preload PRIVATE cxx_std_20)
set_target_properties(tsorch_preload PROPERTIES
  OUTPUT_NAME preload PREFIX "" SUFFIX .node
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/Release
  BUILD_WITH_INSTALL_RPATH ON # with no path: it must not find the stand-ins, which a runtime without libstdc++ would load
  CXX_VISIBILITY_PRESET hidden)

if(TSORCH_STAND_INS)
  set(_single_threaded ${CMAKE_CURRENT_SOURCE_DIR}/native/preload/single_threaded.cpp)
  foreach(_target tsorch tsorch_preload)
    target_sources(${_target} PRIVATE ${_single_threaded})
    target_link_libraries(${_target} PRIVATE ${TSORCH_STAND_INS})
    target_link_options(${_target} PRIVATE -s)
  endforeach()
  set_source_files_properties(${_single_threaded} PROPERTIES SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON)
endif()
