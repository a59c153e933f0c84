// Stands in for a JSON library that ATen/functorch/Interpreter.h includes and the libtorch packages leave out.
//
// libtorch writes a stack of transforms as JSON in code that nothing here calls. So the names exist, to compile
// the header, and do nothing but say so.
#pragma once

#include <stdexcept>
#include <string>

namespace nlohmann {

class json {
 public:
  json() = default;
  template <typename T>
  explicit json(const T&) {}

  std::string dump() const { unavailable(); }
  static json parse(const std::string&) { unavailable(); }
  template <typename T>
  T get() const {
    unavailable();
  }

 private:
  [[noreturn]] static void unavailable() { throw std::logic_error("this build has no JSON library"); }
};

}  // namespace nlohmann
