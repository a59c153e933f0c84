# Lists what the nodes of libtorch's graph save, from the header that declares them, in ${TSORCH_SAVED_FIELDS}: a line
# TSORCH_FIELD(node, field) each, TSORCH_TENSORS(node, field) for a list of tensors. native/autograd/saved_fields.cpp reads it.
set(_functions ${LIBTORCH}/include/torch/csrc/autograd/generated/Functions.h)
set(TSORCH_SAVED_FIELDS ${CMAKE_CURRENT_BINARY_DIR}/saved_fields/saved_fields.inc)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_functions})

set(_declaration "^  ((::)?(std|c10|at|bool|int64_t|double|SavedVariable)[A-Za-z0-9_:<> ]*) ([a-z][A-Za-z0-9_]*)( = 0)?;$")
file(STRINGS ${_functions} _lines REGEX "^struct TORCH_API|${_declaration}")
set(_rows "")
foreach(_line IN LISTS _lines)
  if(_line MATCHES "^struct TORCH_API ([A-Za-z0-9_]+) ")
    set(_node ${CMAKE_MATCH_1})
  elseif(NOT _node MATCHES "^Foreach" AND _line MATCHES "${_declaration}") # those show nothing in Python
    if(CMAKE_MATCH_1 STREQUAL "std::vector<SavedVariable>")
      string(APPEND _rows "TSORCH_TENSORS(${_node}, ${CMAKE_MATCH_4})\n")
    else()
      string(APPEND _rows "TSORCH_FIELD(${_node}, ${CMAKE_MATCH_4})\n")
    endif()
  endif()
endforeach()
file(CONFIGURE OUTPUT ${TSORCH_SAVED_FIELDS} CONTENT "${_rows}" @ONLY)
