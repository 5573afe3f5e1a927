#include "http/client/lookups.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>

namespace closedpaw::http::client_detail {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t most_threads = 4;

std::pair<error_code, endpoints> resolve_now(const std::string& host,
                                             std::uint16_t port) {
  asio::io_context none;
  tcp::resolver resolver{none};
  error_code error;
  const auto all = resolver.resolve(host, std::to_string(port),
                                    tcp::resolver::numeric_service, error);
  return {error, {all.begin(), all.end()}};
}

}  // namespace

/// Outlives the service for as long as one of its threads is in a look-up.
class lookups::crew : public std::enable_shared_from_this<crew> {
 public:
  /// `then` is called under the lock, and not after close().
  using done = std::function<void(const error_code&, endpoints)>;

  void add(const name& what, done then) {
    const std::lock_guard held{mutex_};
    waiting_.emplace_back(what, std::move(then));
    if (idle_ >= waiting_.size() || threads_ == most_threads) {
      wake_.notify_one();
      return;
    }
    try {
      std::thread{[self = shared_from_this()] { self->run(); }}.detach();
      ++threads_;
    } catch (const std::system_error& e) {
      // Those that there are come to it; without any it fails, and not the
      // next.
      if (threads_ > 0)
        return;
      const auto [name, told] = std::move(waiting_.back());
      waiting_.pop_back();
      told(e.code(), {});
    }
  }

  void close() {
    const std::lock_guard held{mutex_};
    open_ = false;
    waiting_.clear();
    wake_.notify_all();
  }

 private:
  void run() {
    std::unique_lock held{mutex_};
    while (open_) {
      if (waiting_.empty()) {
        ++idle_;
        wake_.wait(held);
        --idle_;
        continue;
      }
      const auto [what, then] = std::move(waiting_.front());
      waiting_.pop_front();
      held.unlock();
      auto [error, found] = resolve_now(what.first, what.second);
      held.lock();
      if (open_)
        then(error, std::move(found));
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::pair<name, done>> waiting_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
  bool open_ = true;
};

lookups::lookups(asio::execution_context& owner)
    : asio::execution_context::service{owner},
      crew_{std::make_shared<crew>()} {}

lookups::~lookups() = default;

// Whatever is still being looked up finds nobody to tell.
void lookups::shutdown() {
  crew_->close();
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
  crew_->add(what, [this, executor, what](const error_code& error,
                                          endpoints all) {
    asio::post(executor, [this, what, error, all = std::move(all)]() mutable {
      finish(what, error, std::move(all));
    });
  });
  return found;
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
