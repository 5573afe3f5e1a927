#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace closedpaw::http::client_detail {

/// The client's side of TLS 1.2 and 1.3: trusts the system's certificates and
/// `extra_ca_pem`, and offers that one protocol (RFC 7301), or none. The error
/// is text for explain::tls_failed.
struct tls_setup {
  std::shared_ptr<boost::asio::ssl::context> context;
  std::string error;
};

tls_setup make_tls_setup(const std::string& extra_ca_pem,
                         std::string_view protocol);

}  // namespace closedpaw::http::client_detail
