// c10d's store listens on every interface, and knows no authentication.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tsorch {

/// Whether a host is this machine, seen from itself.
bool is_loopback(const std::string& host);

/// A socket that listens.
struct Listener {
  int socket;
  std::uint16_t port;
};

/// One that listens on loopback alone, where the host is loopback and the port free; the caller owns it.
std::optional<Listener> listen_on_loopback(const std::string& host, std::uint16_t port);

}  // namespace tsorch
