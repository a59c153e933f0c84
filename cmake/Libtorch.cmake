# Finds libtorch and makes the imported target `libtorch`.
#
# Not find_package(Torch): with a CUDA libtorch that asks for the CUDA toolkit, which the addon does not need (it uses
# only device-generic interfaces), and it costs seconds at every configure.

set(TSORCH_TORCH_MIN 2.11)
set(TSORCH_TORCH_MAX 2.14)

# -DLIBTORCH wins, then the environment, then what scripts/libtorch.mjs chose for this checkout.
if(NOT LIBTORCH AND DEFINED ENV{LIBTORCH} AND NOT "$ENV{LIBTORCH}" STREQUAL "")
  set(LIBTORCH $ENV{LIBTORCH})
endif()
if(NOT LIBTORCH)
  set(_choice ${CMAKE_CURRENT_SOURCE_DIR}/.libtorch.json)
  if(EXISTS ${_choice})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_choice})
    file(READ ${_choice} _json)
    string(REGEX MATCH "\"path\": *\"([^\"]*)\"" _ "${_json}")
    set(LIBTORCH ${CMAKE_MATCH_1})
  endif()
endif()
if(NOT LIBTORCH)
  message(FATAL_ERROR "libtorch not found. Run `npm run libtorch` to fetch it, or give -DLIBTORCH=<folder with lib/ and include/>.")
endif()
get_filename_component(LIBTORCH "${LIBTORCH}" ABSOLUTE)

# The version, from the headers that will be compiled.
set(_version_header ${LIBTORCH}/include/torch/headeronly/version.h)
if(NOT EXISTS ${_version_header})
  set(_version_header ${LIBTORCH}/include/torch/csrc/api/include/torch/version.h)
endif()
if(NOT EXISTS ${_version_header})
  message(FATAL_ERROR "${LIBTORCH} is not a libtorch: no include/torch/headeronly/version.h in it. Run `npm run doctor`.")
endif()
file(READ ${_version_header} _header)
foreach(_part MAJOR MINOR PATCH)
  string(REGEX MATCH "#define TORCH_VERSION_${_part} ([0-9]+)" _ "${_header}")
  set(_${_part} ${CMAKE_MATCH_1})
endforeach()
set(LIBTORCH_VERSION ${_MAJOR}.${_MINOR}.${_PATCH})
if("${_MAJOR}.${_MINOR}" VERSION_LESS TSORCH_TORCH_MIN OR "${_MAJOR}.${_MINOR}" VERSION_GREATER TSORCH_TORCH_MAX)
  message(FATAL_ERROR "libtorch ${LIBTORCH_VERSION} in ${LIBTORCH} is not supported: "
                      "need ${TSORCH_TORCH_MIN} to ${TSORCH_TORCH_MAX}.")
endif()

add_library(libtorch INTERFACE IMPORTED)
target_include_directories(libtorch SYSTEM INTERFACE ${LIBTORCH}/include ${LIBTORCH}/include/torch/csrc/api/include)

set(_libraries)
foreach(_name torch torch_cpu c10 torch_cuda c10_cuda)
  find_library(LIBTORCH_${_name} ${_name} PATHS ${LIBTORCH}/lib NO_DEFAULT_PATH NO_CACHE)
  if(LIBTORCH_${_name})
    list(APPEND _libraries ${LIBTORCH_${_name}})
  elseif(NOT _name MATCHES cuda)
    message(FATAL_ERROR "lib${_name} is missing in ${LIBTORCH}/lib. Run `npm run doctor`.")
  endif()
endforeach()

# libtorch_cuda registers its kernels when loaded, though nothing refers to it: never let the linker drop it.
if(APPLE)
  target_link_libraries(libtorch INTERFACE ${_libraries})
else()
  target_link_libraries(libtorch INTERFACE -Wl,--no-as-needed ${_libraries} -Wl,--as-needed)
endif()

if(LIBTORCH_torch_cuda)
  set(_devices "cpu, cuda")
else()
  set(_devices cpu)
endif()
message(STATUS "libtorch ${LIBTORCH_VERSION} (${_devices}): ${LIBTORCH}")
