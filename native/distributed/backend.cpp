#include "backend.h"

#include <cstdlib>

namespace tsorch {

c10::intrusive_ptr<c10d::ProcessGroupGloo::Options> gloo_options(std::chrono::milliseconds timeout, bool on_loopback,
                                                                 int threads) {
  using Gloo = c10d::ProcessGroupGloo;
  if (std::getenv("GLOO_SOCKET_IFNAME") != nullptr) return Gloo::Options::create_default(timeout);
  const bool lazy = c10d::getDefaultGlooLazyInit();
  auto options = Gloo::Options::create(timeout);
  options->devices.push_back(on_loopback ? Gloo::createDeviceForHostname("127.0.0.1", lazy)
                                         : Gloo::createDefaultDevice(lazy));
  options->threads = threads;
  return options;
}

}  // namespace tsorch
