#include "http/server/request_reader.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <string>

#include "http/server/header_scanner.hpp"
#include "http/server/request_target.hpp"

namespace closedpaw::http {

namespace beast = boost::beast;
namespace net = boost::asio;

namespace {

constexpr std::size_t max_fields = 100;

refusal bad_request(std::string message) {
  return {400, {.code = errc::bad_request, .message = std::move(message)}};
}

/// Fields that decide how a request is read or whether it is served: two of
/// them could be read in two ways.
bool is_singleton(beast::http::field name) {
  using beast::http::field;
  switch (name) {
    case field::access_control_request_method:
    case field::authorization:
    case field::content_length:
    case field::content_type:
    case field::expect:
    case field::host:
    case field::origin:
    case field::transfer_encoding:
      return true;
    default:
      return false;
  }
}

std::optional<method> to_method(beast::http::verb name) {
  using beast::http::verb;
  switch (name) {
    case verb::get:
      return method::get;
    case verb::head:
      return method::head;
    case verb::post:
      return method::post;
    case verb::put:
      return method::put;
    case verb::patch:
      return method::patch;
    case verb::delete_:
      return method::del;
    case verb::options:
      return method::options;
    default:
      return std::nullopt;
  }
}

refusal refuse_method(beast::http::verb verb, std::string_view name) {
  if (verb == beast::http::verb::trace || verb == beast::http::verb::connect)
    return {405,
            {.code = errc::method_not_allowed,
             .message = std::string{name} + " is not served"}};
  return {501,
          {.code = errc::not_built,
           .message = "unknown method " + std::string{name.substr(0, 32)}}};
}

}  // namespace

class request_reader::parser : public beast::http::basic_parser<true> {
 public:
  using error_code = beast::error_code;
  using view = beast::string_view;

  explicit parser(core& owner) : owner_{owner} {}

 private:
  void on_request_impl(beast::http::verb verb, view name, view target,
                       int version, error_code& ec) override;
  void on_response_impl(int, view, int, error_code&) override {}
  void on_field_impl(beast::http::field field, view name, view value,
                     error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                         error_code& ec) override;
  std::size_t on_body_impl(view bytes, error_code& ec) override;
  void on_chunk_header_impl(std::uint64_t, view, error_code& ec) override {
    ec = {};
  }
  std::size_t on_chunk_body_impl(std::uint64_t, view bytes,
                                 error_code& ec) override {
    return on_body_impl(bytes, ec);
  }
  void on_finish_impl(error_code& ec) override { ec = {}; }

  void refuse(refusal why, error_code& ec);
  void check_field(beast::http::field field, std::string_view value,
                   error_code& ec);

  core& owner_;
  /// The fields of this message that may come only once.
  std::vector<beast::http::field> seen_;
  bool in_header_ = true;
};

struct request_reader::core {
  core(std::size_t header_limit, std::uint64_t body_limit)
      : max_header{header_limit}, max_body{body_limit}, scanner{header_limit} {
    start();
  }

  void start() {
    parsing.emplace(*this);
    // The scanner keeps the limit; the parser must not find one before it.
    parsing->header_limit(static_cast<std::uint32_t>(max_header) + 16);
    parsing->body_limit(max_body);
  }

  progress refused(refusal r) {
    why = std::move(r);
    return progress::refused;
  }
  progress feed_header(std::string_view bytes, std::size_t& consumed);
  progress feed_body(std::string_view bytes, std::size_t& consumed);
  progress explain(const beast::error_code& ec);

  std::size_t max_header;
  std::uint64_t max_body;
  header_scanner scanner;
  std::optional<parser> parsing;
  request message;
  std::optional<std::string> authority;
  bool header_done = false;
  bool http_1_1 = true;
  bool expects_continue = false;
  bool has_host = false;
  std::optional<refusal> problem;
  refusal why;
};

void request_reader::parser::refuse(refusal why, error_code& ec) {
  owner_.problem = std::move(why);
  ec = beast::http::error::bad_value;
}

void request_reader::parser::on_request_impl(beast::http::verb verb, view name,
                                             view target, int version,
                                             error_code& ec) {
  ec = {};
  owner_.http_1_1 = version == 11;
  const auto known = to_method(verb);
  if (!known)
    return refuse(refuse_method(verb, {name.data(), name.size()}), ec);
  auto parts = read_target({target.data(), target.size()}, *known);
  if (!parts)
    return refuse(bad_request("the request target is not a valid path: "
                              "percent-encode what is not printable ASCII"),
                  ec);
  owner_.message.verb = *known;
  owner_.message.path = std::move(parts->path);
  owner_.message.query = std::move(parts->query);
  owner_.authority = std::move(parts->authority);
}

void request_reader::parser::check_field(beast::http::field field,
                                         std::string_view value,
                                         error_code& ec) {
  if (std::ranges::find(seen_, field) != seen_.end())
    return refuse(
        bad_request("header " + std::string{beast::http::to_string(field)} +
                    " is there twice"),
        ec);
  seen_.push_back(field);
  switch (field) {
    case beast::http::field::host:
      owner_.has_host = true;
      break;
    case beast::http::field::content_length:
      if (!std::ranges::all_of(value,
                               [](char c) { return c >= '0' && c <= '9'; }))
        refuse(bad_request("Content-Length is not a number"), ec);
      break;
    case beast::http::field::transfer_encoding:
      if (!owner_.http_1_1 || !boost::iequals(value, "chunked"))
        refuse(bad_request("Transfer-Encoding must be chunked, in HTTP/1.1"),
               ec);
      break;
    case beast::http::field::expect:
      if (boost::iequals(value, "100-continue"))
        owner_.expects_continue = owner_.http_1_1;
      else
        refuse({417,
                {.code = errc::bad_request,
                 .message = "Expect may only be 100-continue"}},
               ec);
      break;
    default:
      break;
  }
}

void request_reader::parser::on_field_impl(beast::http::field field, view name,
                                           view value, error_code& ec) {
  ec = {};
  // Trailers are read and forgotten (RFC 9110, section 6.5.1).
  if (!in_header_)
    return;
  auto& headers = owner_.message.headers;
  if (headers.size() == max_fields)
    return refuse({431,
                   {.code = errc::headers_too_large,
                    .message = "more than " + std::to_string(max_fields) +
                               " header fields"}},
                  ec);
  if (is_singleton(field)) {
    check_field(field, {value.data(), value.size()}, ec);
    if (ec)
      return;
  }
  auto& added = headers.emplace_back(std::string{name.data(), name.size()},
                                     std::string{value.data(), value.size()});
  for (char& c : added.first)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
}

void request_reader::parser::on_header_impl(error_code& ec) {
  ec = {};
  in_header_ = false;
  if (owner_.http_1_1 && !owner_.has_host)
    refuse(bad_request("HTTP/1.1 needs a Host header"), ec);
}

void request_reader::parser::on_body_init_impl(
    const boost::optional<std::uint64_t>& length, error_code& ec) {
  ec = {};
  // What is announced is not yet sent: a small step ahead of it is enough.
  if (length)
    owner_.message.body.reserve(std::min<std::uint64_t>(*length, 65'536));
}

std::size_t request_reader::parser::on_body_impl(view bytes, error_code& ec) {
  ec = {};
  owner_.message.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

request_reader::progress request_reader::core::explain(
    const beast::error_code& ec) {
  namespace http_error = beast::http;
  if (problem)
    return refused(std::move(*problem));
  if (ec == http_error::error::body_limit)
    return refused(
        {413,
         {.code = errc::payload_too_large,
          .message = "the body is larger than " + std::to_string(max_body) +
                     " bytes, the limit that "
                     "http.max_body_bytes sets"}});
  return refused(bad_request("malformed request: " + ec.message()));
}

request_reader::progress request_reader::core::feed_header(
    std::string_view bytes, std::size_t& consumed) {
  using verdict = header_scanner::verdict;
  consumed = 0;
  // One empty line before a request is left over from somebody's body
  // (RFC 9112, section 2.2).
  while (bytes.starts_with("\r\n")) {
    consumed += 2;
    bytes.remove_prefix(2);
  }
  if (bytes.empty() || bytes == "\r")
    return progress::need_more;
  switch (scanner.scan(bytes)) {
    case verdict::need_more:
      return progress::need_more;
    case verdict::malformed:
      return refused(bad_request(scanner.reason()));
    case verdict::too_large:
      return refused({431,
                      {.code = errc::headers_too_large,
                       .message = "the header block is larger than " +
                                  std::to_string(max_header) + " bytes"}});
    case verdict::complete:
      break;
  }
  beast::error_code ec;
  consumed += parsing->put(net::buffer(bytes.data(), scanner.size()), ec);
  if (ec)
    return explain(ec);
  header_done = true;
  parsing->eager(true);
  return progress::header_read;
}

request_reader::progress request_reader::core::feed_body(
    std::string_view bytes, std::size_t& consumed) {
  consumed = 0;
  if (parsing->is_done())
    return progress::done;
  if (bytes.empty())
    return progress::need_more;
  beast::error_code ec;
  consumed = parsing->put(net::buffer(bytes.data(), bytes.size()), ec);
  if (ec && ec != beast::http::error::need_more)
    return explain(ec);
  if (parsing->is_done())
    return progress::done;
  // A chunk's header or the trailers that never end.
  if (bytes.size() - consumed > max_header)
    return refused(bad_request("malformed request: chunk header too long"));
  return progress::need_more;
}

request_reader::request_reader(std::size_t max_header, std::uint64_t max_body)
    : core_{std::make_unique<core>(max_header, max_body)} {}

request_reader::~request_reader() = default;

request_reader::progress request_reader::feed(std::string_view bytes,
                                              std::size_t& consumed) {
  return core_->header_done ? core_->feed_body(bytes, consumed)
                            : core_->feed_header(bytes, consumed);
}

void request_reader::reset() {
  auto& s = *core_;
  s.start();
  s.scanner.reset();
  // Keeps the capacity of what the handler did not take along.
  s.message.verb = method::get;
  s.message.path.clear();
  s.message.query.clear();
  s.message.headers.clear();
  OPENSSL_cleanse(s.message.body.data(), s.message.body.size());
  s.message.body.clear();
  s.message.traceparent.clear();
  s.authority.reset();
  s.header_done = false;
  s.http_1_1 = true;
  s.expects_continue = false;
  s.has_host = false;
  s.problem.reset();
}

request& request_reader::message() {
  return core_->message;
}

const refusal& request_reader::why() const {
  return core_->why;
}

bool request_reader::keep_alive() const {
  return core_->parsing->keep_alive();
}

bool request_reader::has_body() const {
  return !core_->parsing->is_done();
}

bool request_reader::is_http_1_1() const {
  return core_->http_1_1;
}

bool request_reader::expects_continue() const {
  return core_->expects_continue;
}

const std::optional<std::string>& request_reader::authority() const {
  return core_->authority;
}

}  // namespace closedpaw::http
