#include "http/client/tls_context.hpp"

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>

namespace closedpaw::http::client_detail {

namespace ssl = boost::asio::ssl;

tls_setup make_tls_setup(const std::string& extra_ca_pem,
                         std::string_view protocol) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  auto* native = context->native_handle();
  // In the protocol-list form of RFC 7301: one name, its length before it.
  std::string list;
  if (!protocol.empty()) {
    list = static_cast<char>(protocol.size()) + std::string{protocol};
  }
  if (SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_alpn_protos(
          native, reinterpret_cast<const unsigned char*>(list.data()),
          static_cast<unsigned>(list.size())) != 0) {
    return {nullptr, "OpenSSL accepts neither TLS 1.2 nor ALPN"};
  }
  boost::system::error_code ec;
  context->set_verify_mode(ssl::verify_peer, ec);
  context->set_default_verify_paths(ec);
  if (ec) {
    return {nullptr,
            "the system's certificates cannot be read: " + ec.message()};
  }
  if (!extra_ca_pem.empty()) {
    context->add_certificate_authority(boost::asio::buffer(extra_ca_pem), ec);
    if (ec) {
      return {nullptr,
              "the extra CA certificates are not valid PEM: " + ec.message()};
    }
  }
  return {std::move(context), {}};
}

}  // namespace closedpaw::http::client_detail
