// Classes of gloo that libtorch's ProcessGroupGloo.hpp names, and that live in libtorch.
#pragma once

namespace gloo::transport {

class Device;

class UnboundBuffer {
 public:
  virtual ~UnboundBuffer();
};

}  // namespace gloo::transport
