#pragma once

#include <boost/asio/execution_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/client/job.hpp"

namespace closedpaw::http::client_detail {

using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

/// A name on its way to addresses, and who waits for them.
struct lookup {
  boost::system::error_code error;
  endpoints found;
  bool done = false;
  /// Cancelled when it is done.
  std::vector<std::shared_ptr<timer>> waiting;
};

/// Looks names up on threads of its own. getaddrinfo(3) cannot be interrupted,
/// and Asio's resolver has one thread, which its end waits for: there a name
/// whose servers do not answer keeps every other one, and a stop, waiting. Here
/// it has one of four, whoever asks for it meanwhile waits for the same
/// look-up, and at the end it is left behind. A service of the io_context whose
/// one thread calls find(); threads begin when they are needed.
class lookups final : public boost::asio::execution_context::service {
 public:
  static inline boost::asio::execution_context::id id;

  explicit lookups(boost::asio::execution_context& owner);
  ~lookups() override;

  static std::shared_ptr<lookup> find(const executor_type& executor,
                                      const std::string& host,
                                      std::uint16_t port);

 private:
  using name = std::pair<std::string, std::uint16_t>;
  class crew;

  void shutdown() override;
  std::shared_ptr<lookup> find_here(const executor_type& executor,
                                    const name& what);
  void finish(const name& what, const boost::system::error_code& error,
              endpoints found);

  std::map<name, std::shared_ptr<lookup>> under_way_;
  std::shared_ptr<crew> crew_;
};

}  // namespace closedpaw::http::client_detail
