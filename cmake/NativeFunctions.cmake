# Lists the native functions, from the TypeScript file that declares them, in ${TSORCH_NATIVE_FUNCTIONS}: a line
# TSORCH_NATIVE(name) each. native/addon.cpp declares and registers them.
set(_declarations ${CMAKE_CURRENT_SOURCE_DIR}/lib/native/functions.ts)
if(NOT EXISTS ${_declarations}) # in the package
  set(_declarations ${CMAKE_CURRENT_SOURCE_DIR}/dist/native/functions.d.ts)
endif()
set(TSORCH_NATIVE_FUNCTIONS ${CMAKE_CURRENT_BINARY_DIR}/native_functions/native_functions.inc)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_declarations})

file(READ ${_declarations} _text)
string(REGEX MATCHALL "\n +[a-z][a-z0-9_]*\\(" _matches "${_text}")
set(_rows "")
foreach(_match IN LISTS _matches)
  string(REGEX REPLACE "[^a-z0-9_]" "" _name "${_match}")
  string(APPEND _rows "TSORCH_NATIVE(${_name})\n")
endforeach()
file(CONFIGURE OUTPUT ${TSORCH_NATIVE_FUNCTIONS} CONTENT "${_rows}" @ONLY)
