#include "http/client/connection.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>

namespace closedpaw::http::client_detail {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

std::string why_untrusted(SSL* ssl, const error_code& ec,
                          const std::string& host) {
  if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated) {
    return "the server closed the connection; does it speak TLS?";
  }
  if (ec.category() != asio::error::get_ssl_category()) {
    return ec.message();
  }
  // OpenSSL's word for a chain that is fine and a name that is not.
  auto verdict = SSL_get_verify_result(ssl);
  if (verdict == X509_V_ERR_UNSPECIFIED) {
    return "the certificate is not valid for " + host +
           "; use the name that it was issued for";
  }
  if (verdict != X509_V_OK) {
    return std::string{"the certificate is not trusted: "} +
           X509_verify_cert_error_string(verdict) +
           "; a private CA has to be configured";
  }
  return ec.message() + "; does the server speak TLS on this port?";
}

}  // namespace

task<error_code> connection::connect(const tcp::endpoint& to) {
  error_code ec;
  socket_.open(to.protocol(), ec);
  if (ec) {
    co_return ec;
  }
  // Agents are forked; they must not inherit our conversations.
  ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
  auto [failed] = co_await socket_.async_connect(to, as_values);
  if (!failed) {
    socket_.set_option(tcp::no_delay{true}, ec);
  }
  co_return failed;
}

task<std::string> connection::handshake(asio::ssl::context& tls,
                                        const std::string& host) {
  tls_.emplace(socket_, tls);
  error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  // RFC 6066 section 3: server names are names, never addresses.
  if (not_an_address &&
      SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str()) != 1) {
    co_return "the name " + host + " cannot be sent to the server";
  }
  tls_->set_verify_callback(asio::ssl::host_name_verification{host});
  auto [failed] =
      co_await tls_->async_handshake(asio::ssl::stream_base::client, as_values);
  if (failed) {
    co_return why_untrusted(tls_->native_handle(), failed, host);
  }
  co_return std::string{};
}

task<io_result> connection::read_some(asio::mutable_buffer into) {
  if (tls_) {
    auto [ec, n] = co_await tls_->async_read_some(into, as_values);
    co_return io_result{ec, n};
  }
  auto [ec, n] = co_await socket_.async_read_some(into, as_values);
  co_return io_result{ec, n};
}

task<io_result> connection::write(std::array<asio::const_buffer, 2> pieces) {
  if (tls_) {
    auto [ec, n] = co_await asio::async_write(*tls_, pieces, as_values);
    co_return io_result{ec, n};
  }
  auto [ec, n] = co_await asio::async_write(socket_, pieces, as_values);
  co_return io_result{ec, n};
}

bool connection::quiet() {
  // What came with the last answer may have left the socket already.
  if (tls_ && (SSL_has_pending(tls_->native_handle()) == 1 ||
               BIO_pending(SSL_get_rbio(tls_->native_handle())) > 0)) {
    return false;
  }
  char byte = 0;
  auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void connection::close() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace closedpaw::http::client_detail
