// How a rank's end of gloo is made.
#pragma once

#include "gloo.h"

namespace tsorch {

/// Where `on_loopback`, its sockets are bound to loopback, unless GLOO_SOCKET_IFNAME says otherwise.
c10::intrusive_ptr<c10d::ProcessGroupGloo::Options> gloo_options(std::chrono::milliseconds timeout, bool on_loopback,
                                                                 int threads);

}  // namespace tsorch
