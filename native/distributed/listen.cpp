#include "listen.h"

#ifndef _WIN32
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace tsorch {

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

#ifdef _WIN32
std::optional<Listener> listen_on_loopback(const std::string&, std::uint16_t) { return std::nullopt; }
#else

namespace {

constexpr int kBacklog = 2048;

/// Loopback's address as the host names it, with its size.
socklen_t address_of(const std::string& host, std::uint16_t port, sockaddr_storage& address) {
  if (host == "::1") {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_addr = in6addr_loopback;
    return sizeof v6;
  }
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (host != "localhost") inet_pton(AF_INET, host.c_str(), &v4.sin_addr);
  return sizeof v4;
}

}  // namespace

std::optional<Listener> listen_on_loopback(const std::string& host, std::uint16_t port) {
  if (!is_loopback(host)) return std::nullopt;
  sockaddr_storage address{};
  socklen_t size = address_of(host, port, address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  const int socket = ::socket(any->sa_family, SOCK_STREAM, 0);
  if (socket < 0) return std::nullopt;
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  if (::bind(socket, any, size) != 0 || ::listen(socket, kBacklog) != 0 || ::getsockname(socket, any, &size) != 0) {
    ::close(socket);
    return std::nullopt;
  }
  return Listener{socket, ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port)};  // v6 has it there too
}
#endif

}  // namespace tsorch
