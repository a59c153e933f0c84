// What libtorch's ProcessGroupGloo.hpp says of gloo's class, which lives in libtorch.
#pragma once

#include <chrono>

namespace gloo {

class Context {
 public:
  void setTimeout(std::chrono::milliseconds timeout);
};

}  // namespace gloo
