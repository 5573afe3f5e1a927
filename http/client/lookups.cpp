#include "http/client/lookups.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace closedpaw::http::client_detail {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t threads = 4;

}  // namespace

lookups::~lookups() {
  if (threads_)
    threads_->join();
}

// Whatever is still being looked up finds nobody to tell.
void lookups::shutdown() {
  const std::lock_guard held{mutex_};
  open_ = false;
  under_way_.clear();
}

std::shared_ptr<lookup> lookups::find(const executor_type& executor,
                                      const std::string& host,
                                      std::uint16_t port) {
  return asio::use_service<lookups>(executor.context())
      .find_here(executor, {host, port});
}

std::shared_ptr<lookup> lookups::find_here(const executor_type& executor,
                                           const name& what) {
  auto& found = under_way_[what];
  if (found)
    return found;
  found = std::make_shared<lookup>();
  if (!threads_)
    threads_.emplace(threads);
  asio::post(*threads_, [this, executor, what] { look_up(executor, what); });
  return found;
}

void lookups::look_up(const executor_type& executor, const name& what) {
  asio::io_context none;
  tcp::resolver resolver{none};
  error_code error;
  const auto all = resolver.resolve(what.first, std::to_string(what.second),
                                    tcp::resolver::numeric_service, error);
  endpoints found{all.begin(), all.end()};
  const std::lock_guard held{mutex_};
  if (!open_)
    return;
  asio::post(executor, [this, what, error, found = std::move(found)]() mutable {
    finish(what, error, std::move(found));
  });
}

void lookups::finish(const name& what, const error_code& error,
                     endpoints found) {
  const auto node = under_way_.extract(what);
  if (node.empty())
    return;
  auto& x = *node.mapped();
  x.error = error;
  x.found = std::move(found);
  x.done = true;
  for (const auto& wake : x.waiting)
    wake->cancel();
}

}  // namespace closedpaw::http::client_detail
