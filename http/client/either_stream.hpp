#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/container/static_vector.hpp>
#include <memory>
#include <utility>

#include "http/client/connection.hpp"

namespace closedpaw::http::client_detail {

/// A completion handler, whatever it is made of: what takes it is compiled
/// once. Called on the executor it is given. Moved only, called once.
template <class... Args>
class any_handler {
 public:
  using executor_type = client_detail::executor_type;

  template <class Handler>
  any_handler(executor_type executor, Handler handler)
      : executor_{std::move(executor)},
        held_{std::make_unique<held<Handler>>(std::move(handler))} {}

  const executor_type& get_executor() const { return executor_; }
  void operator()(Args... args) { std::exchange(held_, {})->call(args...); }

 private:
  struct callable {
    virtual ~callable() = default;
    virtual void call(Args... args) = 0;
  };
  template <class Handler>
  struct held : callable {
    explicit held(Handler h) : handler{std::move(h)} {}
    void call(Args... args) override { handler(args...); }
    Handler handler;
  };

  executor_type executor_;
  std::unique_ptr<callable> held_;
};

/// A connection as Beast's AsyncStream (its concepts' documentation), whether
/// with TLS or without: what is built over it is compiled once. Belongs to the
/// io_context's thread.
class either_stream {
 public:
  using executor_type = client_detail::executor_type;

  explicit either_stream(std::shared_ptr<connection> c) : c_{std::move(c)} {}

  executor_type get_executor() { return c_->plain().get_executor(); }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& into, Handler&& then) {
    read(first_of<boost::asio::mutable_buffer>(into),
         {get_executor(), std::forward<Handler>(then)});
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& what, Handler&& then) {
    write(first_of<boost::asio::const_buffer>(what),
          {get_executor(), std::forward<Handler>(then)});
  }

  friend void beast_close_socket(either_stream& s) { s.c_->close(); }

  /// How a WebSocket ends what carries it (RFC 6455 section 7.1.1).
  template <class Handler>
  friend void async_teardown(boost::beast::role_type role, either_stream& of,
                             Handler&& then) {
    of.tear_down(role, {of.get_executor(), std::forward<Handler>(then)});
  }

 private:
  /// How many of a sequence one call takes; it may do less than it is asked
  /// for.
  static constexpr std::size_t most_buffers = 8;
  template <class Buffer>
  using buffers = boost::container::static_vector<Buffer, most_buffers>;
  using on_moved = any_handler<boost::system::error_code, std::size_t>;
  using on_torn_down = any_handler<boost::system::error_code>;

  template <class Buffer, class Sequence>
  static buffers<Buffer> first_of(const Sequence& all) {
    buffers<Buffer> out;
    for (auto at = boost::asio::buffer_sequence_begin(all);
         at != boost::asio::buffer_sequence_end(all) &&
         out.size() < most_buffers;
         ++at)
      if (const Buffer one{*at}; one.size() != 0)
        out.push_back(one);
    return out;
  }

  void read(const buffers<boost::asio::mutable_buffer>& into, on_moved then);
  void write(const buffers<boost::asio::const_buffer>& what, on_moved then);
  void tear_down(boost::beast::role_type role, on_torn_down then);

  std::shared_ptr<connection> c_;
};

}  // namespace closedpaw::http::client_detail
