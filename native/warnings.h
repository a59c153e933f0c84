// libtorch's warnings on their way to JavaScript.
#pragma once

#include <c10/util/Exception.h>

#include <string>
#include <vector>

namespace tsorch {

/// Collects the warnings of a call; they reach JavaScript when it returns.
class WarningCollector : public c10::WarningHandler {
 public:
  explicit WarningCollector(std::vector<std::string>& into) : into_(into) {}
  void process(const c10::Warning& warning) override { into_.push_back(warning.msg()); }

 private:
  std::vector<std::string>& into_;
};

}  // namespace tsorch
