# Finds the headers of Node-API and of node-addon-api, its C++ classes, and makes the imported target `node_api`.

# Asks for the folder of a header: beside the running node, in caches of build tools, or in an npm package.
function(find_node_header name variable)
  find_program(NODE_EXECUTABLE node REQUIRED)
  execute_process(
    COMMAND ${NODE_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/scripts/node_headers.mjs ${name}
    OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(${variable} ${folder} PARENT_SCOPE)
endfunction()

if(NOT NODE_INCLUDE_DIR AND CMAKE_JS_INC)
  set(NODE_INCLUDE_DIR ${CMAKE_JS_INC})
endif()
if(NOT NODE_INCLUDE_DIR)
  find_node_header(node_api.h NODE_INCLUDE_DIR)
endif()
if(NOT NODE_ADDON_API_DIR)
  find_node_header(napi.h NODE_ADDON_API_DIR)
endif()

add_library(node_api INTERFACE IMPORTED)
target_include_directories(node_api SYSTEM INTERFACE ${NODE_INCLUDE_DIR} ${NODE_ADDON_API_DIR})
# Failures are C++ exceptions, as libtorch's are, so that one place maps both (native/errors.cpp). What can no longer be
# thrown, since the thread ends, is dropped: it would end the process.
target_compile_definitions(node_api INTERFACE NAPI_VERSION=9 NODE_ADDON_API_CPP_EXCEPTIONS_ALL
                           NODE_ADDON_API_DISABLE_DEPRECATED NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS)
if(APPLE)
  target_link_options(node_api INTERFACE -undefined dynamic_lookup) # node itself provides the symbols
endif()
message(STATUS "Node-API headers: ${NODE_INCLUDE_DIR}, ${NODE_ADDON_API_DIR}")
