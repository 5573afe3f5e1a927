#include "http/client/tls_context.hpp"

#include <openssl/ssl.h>

#include <array>
#include <boost/asio/buffer.hpp>

namespace closedpaw::http::client_detail {

namespace ssl = boost::asio::ssl;

tls_setup make_tls_setup(const std::string& extra_ca_pem) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  auto* native = context->native_handle();
  // In the protocol-list form of RFC 7301: one name, its length before it.
  static constexpr std::array<unsigned char, 9> http11{8,   'h', 't', 't', 'p',
                                                       '/', '1', '.', '1'};
  if (SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_alpn_protos(native, http11.data(), http11.size()) != 0) {
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
