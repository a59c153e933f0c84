# Finds the Node-API headers and makes the imported target `node_api`.

if(NOT NODE_INCLUDE_DIR AND CMAKE_JS_INC)
  set(NODE_INCLUDE_DIR ${CMAKE_JS_INC})
endif()
if(NOT NODE_INCLUDE_DIR)
  find_program(NODE_EXECUTABLE node REQUIRED)
  # Beside the running node, in node-gyp's and cmake-js's caches, or in the npm package that cmake-js brings.
  execute_process(
    COMMAND ${NODE_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/scripts/node_headers.mjs
    OUTPUT_VARIABLE NODE_INCLUDE_DIR OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
endif()

add_library(node_api INTERFACE IMPORTED)
target_include_directories(node_api SYSTEM INTERFACE ${NODE_INCLUDE_DIR})
target_compile_definitions(node_api INTERFACE NAPI_VERSION=9)
if(APPLE)
  target_link_options(node_api INTERFACE -undefined dynamic_lookup) # node itself provides the symbols
endif()
message(STATUS "Node-API headers: ${NODE_INCLUDE_DIR}")
