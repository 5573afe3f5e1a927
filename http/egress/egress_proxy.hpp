#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/client/client.hpp"
#include "messages/model/destination.hpp"

namespace boost::asio {
class io_context;
}

namespace closedpaw::http {

/// One connection that was asked for.
struct egress_report {
  destination to;
  /// Why it was not made.
  std::optional<failure> refused{};
};

struct egress_options {
  /// A directory of its own, made here and removed with the proxy; the socket
  /// in it is named egress_socket_name and open to all who see it.
  std::string directory;
  /// See is_destination_rule(); nothing else is reached.
  std::vector<std::string> allow;
  bool allow_private_addresses = false;
  /// As the client's.
  decltype(client_options::refuse_address) refuse_address{};
  /// By the event loop's thread; must neither block nor throw.
  std::function<void(const egress_report&)> report;
  std::size_t max_connections = 32;
  std::chrono::milliseconds head_timeout{10'000};
  std::chrono::milliseconds connect_timeout{10'000};
  /// Without a byte in either direction.
  std::chrono::milliseconds idle_timeout{120'000};
};

inline constexpr const char* egress_socket_name = "socket";

struct egress_counters {
  std::uint64_t connections = 0;
  std::uint64_t refused = 0;
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;
};

/// An HTTP proxy on a Unix socket that knows CONNECT only (RFC 9110, section
/// 9.3.6): the one way from a sandbox to the outside. It resolves names itself,
/// and refuses what is not allowed with a text that says so. A name that leads
/// to this machine is refused unless it is localhost or an address. One thread
/// at a time runs the io_context, which outlives it: not the one that has work
/// which hostile code must not hold up, since lookups and accepting do.
class egress_proxy {
 public:
  /// From any thread. unavailable.
  static result<std::unique_ptr<egress_proxy>> open(boost::asio::io_context& io,
                                                    egress_options options);
  ~egress_proxy();
  egress_proxy(const egress_proxy&) = delete;
  egress_proxy& operator=(const egress_proxy&) = delete;

  /// Ends every connection, and removes the directory. From any thread, more
  /// than once as well.
  void close();
  egress_counters counters() const;

 private:
  class core;
  class passage;
  explicit egress_proxy(std::shared_ptr<core> x);

  std::shared_ptr<core> core_;
};

}  // namespace closedpaw::http
