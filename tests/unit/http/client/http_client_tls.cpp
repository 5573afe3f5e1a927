#define CAF_SUITE http_client_tls

#include "tests/unit/http/client/client_fixture.hpp"
#include "tests/unit/http/client/test_certificate.hpp"
#include "tests/unit_test.hpp"

namespace http_client_tls_tests {

using namespace closedpaw;
using namespace closedpaw::test;

std::string secure_url(const fake_server& server, std::string_view host) {
  return "https://" + std::string{host} + ":" + std::to_string(server.port()) +
         "/";
}

CAF_TEST(unknown_certificate_is_refused) {
  test_certificate certificate{"DNS:localhost,IP:127.0.0.1"};
  fake_server server{{answer_always(ok("secret"))}, certificate.server()};
  client_fixture f;
  auto x = f.fetch(get(secure_url(server, "127.0.0.1")));
  CAF_CHECK(code_of(x) == errc::unreachable);
  CAF_CHECK(says(x, "the certificate is not trusted"));
  CAF_CHECK(says(x, "self-signed certificate"));
}

CAF_TEST(certificate_of_a_configured_ca_is_accepted) {
  test_certificate certificate{"DNS:localhost,IP:127.0.0.1"};
  fake_server server{{answer_always(ok("secret"))}, certificate.server()};
  client_fixture f{{.extra_ca_pem = certificate.pem()}};
  CAF_CHECK_EQUAL(body_of(f.fetch(get(secure_url(server, "127.0.0.1")))),
                  "secret");
  CAF_CHECK_EQUAL(body_of(f.fetch(get(secure_url(server, "127.0.0.1")))),
                  "secret");
  CAF_CHECK_EQUAL(server.accepted(), 1u);
  CAF_CHECK_EQUAL(body_of(f.fetch(get(secure_url(server, "localhost")))),
                  "secret");
}

CAF_TEST(certificate_for_another_name_is_refused) {
  test_certificate certificate{"DNS:example.org"};
  fake_server server{{answer_always(ok("secret"))}, certificate.server()};
  client_fixture f{{.extra_ca_pem = certificate.pem()}};
  for (auto host : {"localhost", "127.0.0.1"}) {
    auto x = f.fetch(get(secure_url(server, host)));
    CAF_CHECK(code_of(x) == errc::unreachable);
    CAF_MESSAGE(message_of(x));
    CAF_CHECK(says(x, std::string{"not valid for "} + host));
  }
}

CAF_TEST(server_name_is_sent_for_names_only) {
  test_certificate certificate{"DNS:localhost,IP:127.0.0.1"};
  std::vector<std::string> names;
  SSL_CTX_set_tlsext_servername_arg(certificate.server(), &names);
  SSL_CTX_set_tlsext_servername_callback(
      certificate.server(), +[](SSL* ssl, int*, void* seen) {
        const auto* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        static_cast<std::vector<std::string>*>(seen)->emplace_back(
            name ? name : "(none)");
        return SSL_TLSEXT_ERR_OK;
      });
  fake_server server{{answer_once(ok("x"))}, certificate.server()};
  client_fixture f{{.extra_ca_pem = certificate.pem()}};
  CAF_CHECK_EQUAL(body_of(f.fetch(get(secure_url(server, "localhost")))), "x");
  CAF_CHECK_EQUAL(body_of(f.fetch(get(secure_url(server, "127.0.0.1")))), "x");
  CAF_REQUIRE(server.wait_until_ended(2));
  CAF_CHECK(names == (std::vector<std::string>{"localhost", "(none)"}));
}

CAF_TEST(old_protocol_versions_are_refused) {
  test_certificate certificate{"IP:127.0.0.1"};
  SSL_CTX_set_security_level(certificate.server(), 0);
  SSL_CTX_set_min_proto_version(certificate.server(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(certificate.server(), TLS1_1_VERSION);
  fake_server server{{answer_always(ok("x"))}, certificate.server()};
  client_fixture f{{.extra_ca_pem = certificate.pem()}};
  auto x = f.fetch(get(secure_url(server, "127.0.0.1")));
  CAF_CHECK(code_of(x) == errc::unreachable);
  CAF_CHECK(says(x, "cannot set up TLS"));
}

CAF_TEST(plain_server_is_told_apart) {
  fake_server server{{[](peer& p) {
    p.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    p.wait_for_close();
  }}};
  client_fixture f;
  auto x = f.fetch(get(secure_url(server, "127.0.0.1")));
  CAF_CHECK(code_of(x) == errc::unreachable);
  CAF_CHECK(says(x, "speak TLS"));
}

CAF_TEST(unreadable_extra_ca_is_named) {
  fake_server server{{answer_always(ok("x"))}};
  client_fixture f{{.extra_ca_pem = "not a certificate"}};
  auto x = f.fetch(get(secure_url(server, "127.0.0.1")));
  CAF_CHECK(says(x, "extra CA certificates are not valid PEM"));
  CAF_CHECK_EQUAL(server.accepted(), 0u);
}

CAF_TEST(close_delimited_body_without_closing_alert_is_incomplete) {
  test_certificate certificate{"IP:127.0.0.1"};
  auto cut = [](peer& p) {
    p.read_request();
    p.send("HTTP/1.0 200 OK\r\n\r\npart of the");
    p.cut_off();
  };
  auto whole = answer_once("HTTP/1.0 200 OK\r\n\r\nall of it");
  fake_server server{{cut, whole}, certificate.server()};
  client_fixture f{{.extra_ca_pem = certificate.pem()}};
  auto x = f.fetch(get(secure_url(server, "127.0.0.1")));
  CAF_CHECK(code_of(x) == errc::upstream_malformed);
  CAF_CHECK_EQUAL(body_of(f.fetch(get(secure_url(server, "127.0.0.1")))),
                  "all of it");
}

// In the record of the answer, of which the client reads 4,096 bytes at first.
CAF_TEST(what_follows_an_answer_is_no_answer_to_the_next_request) {
  test_certificate certificate{"IP:127.0.0.1"};
  const auto whole = "HTTP/1.1 200 OK\r\nContent-Length: 4055\r\n\r\n" +
                     std::string(4055, 'a');
  CAF_REQUIRE_EQUAL(whole.size(), 4096u);
  fake_server server{{[&](peer& p) {
                        p.read_request();
                        p.send(whole + ok("left over"));
                        p.wait_for_close();
                      },
                      answer_once(ok("mine"))},
                     certificate.server()};
  client_fixture f{{.extra_ca_pem = certificate.pem()}};
  CAF_CHECK_EQUAL(body_of(f.fetch(get(secure_url(server, "127.0.0.1")))).size(),
                  4055u);
  CAF_CHECK_EQUAL(body_of(f.fetch(get(secure_url(server, "127.0.0.1")))),
                  "mine");
  CAF_CHECK_EQUAL(server.accepted(), 2u);
}

}  // namespace http_client_tls_tests
