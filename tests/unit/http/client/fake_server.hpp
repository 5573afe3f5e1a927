#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/algorithm/string/find.hpp>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace closedpaw::test {

/// The server's end of one accepted connection, with blocking calls that
/// return when the peer or the server's destructor closes it.
class peer {
 public:
  explicit peer(int fd, SSL* tls = nullptr) : fd_{fd}, tls_{tls} {}

  /// One request with its body; empty when the client closed.
  std::string read_request() {
    for (;;) {
      auto end = request_end();
      if (end != std::string::npos) {
        auto out = pending_.substr(0, end);
        pending_.erase(0, end);
        return out;
      }
      if (!more()) {
        return {};
      }
    }
  }

  /// False once the connection is gone.
  bool send(std::string_view bytes) {
    if (tls_) {
      auto size = static_cast<int>(bytes.size());
      return SSL_write(tls_, bytes.data(), size) == size;
    }
    while (!bytes.empty()) {
      auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  /// Returns once the client has closed the connection.
  void wait_for_close() {
    while (more()) {
    }
  }

  /// Ends the sending side without TLS's closing alert.
  void cut_off() {
    SSL_set_quiet_shutdown(tls_, 1);
    ::shutdown(fd_, SHUT_WR);
  }

  /// Makes the close that follows the script a reset.
  void reset_on_close() {
    linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

 private:
  std::size_t request_end() const {
    auto head = pending_.find("\r\n\r\n");
    if (head == std::string::npos) {
      return head;
    }
    head += 4;
    auto lines = std::string_view{pending_}.substr(0, head);
    auto at = boost::algorithm::ifind_first(lines, "content-length:");
    auto body = at ? std::strtoul(&*at.end(), nullptr, 10) : 0;
    return pending_.size() >= head + body ? head + body : std::string::npos;
  }

  bool more() {
    char bytes[4096];
    auto n = tls_ ? SSL_read(tls_, bytes, sizeof bytes)
                  : ::recv(fd_, bytes, sizeof bytes, 0);
    if (n > 0) {
      pending_.append(bytes, static_cast<std::size_t>(n));
    }
    return n > 0;
  }

  int fd_;
  SSL* tls_;
  std::string pending_;
};

/// A scripted loopback server: the n-th connection is handled by the n-th
/// script, later ones by the last. A connection closes when its script ends.
class fake_server {
 public:
  using script = std::function<void(peer&)>;

  explicit fake_server(std::vector<script> scripts, SSL_CTX* tls = nullptr)
      : scripts_{std::move(scripts)}, tls_{tls} {
    // OpenSSL writes to closed sockets with plain write().
    std::signal(SIGPIPE, SIG_IGN);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (::bind(listener_, raw, size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, raw, &size) != 0) {
      std::abort();
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread{[this] { accept_all(); }};
  }

  fake_server(const fake_server&) = delete;
  fake_server& operator=(const fake_server&) = delete;

  ~fake_server() { stop(); }

  /// Closes everything; the port then refuses connections.
  void stop() {
    {
      std::lock_guard guard{mutex_};
      stopping_ = true;
      for (auto fd : open_) {
        ::shutdown(fd, SHUT_RDWR);
      }
    }
    ::shutdown(listener_, SHUT_RDWR);
    if (acceptor_.joinable()) {
      acceptor_.join();
      ::close(listener_);
    }
    for (auto& t : workers_) {
      t.join();
    }
    workers_.clear();
  }

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string{path};
  }

  std::size_t accepted() const {
    std::lock_guard guard{mutex_};
    return accepted_;
  }

  /// Waits until so many scripts have ended; false after ten seconds.
  bool wait_until_ended(std::size_t scripts) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, std::chrono::seconds{10},
                             [&] { return ended_ >= scripts; });
  }

 private:
  void accept_all() {
    for (;;) {
      auto fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      std::lock_guard guard{mutex_};
      if (fd < 0 || stopping_) {
        if (fd >= 0) {
          ::close(fd);
        }
        return;
      }
      auto which = std::min(accepted_++, scripts_.size() - 1);
      open_.push_back(fd);
      workers_.emplace_back([this, fd, which] { serve(fd, which); });
    }
  }

  void serve(int fd, std::size_t which) {
    SSL* tls = nullptr;
    bool ready = true;
    if (tls_) {
      tls = SSL_new(tls_);
      SSL_set_fd(tls, fd);
      ready = SSL_accept(tls) == 1;
    }
    if (ready) {
      peer p{fd, tls};
      scripts_[which](p);
    }
    if (tls) {
      SSL_shutdown(tls);
      SSL_free(tls);
    }
    std::lock_guard guard{mutex_};
    std::erase(open_, fd);
    ::close(fd);
    ++ended_;
    changed_.notify_all();
  }

  std::vector<script> scripts_;
  SSL_CTX* tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> workers_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> open_;
  std::size_t accepted_ = 0;
  std::size_t ended_ = 0;
  bool stopping_ = false;
};

/// Answers every request on the connection with these bytes.
inline fake_server::script answer_always(std::string bytes) {
  return [bytes = std::move(bytes)](peer& p) {
    while (!p.read_request().empty()) {
      p.send(bytes);
    }
  };
}

/// Answers one request, then closes.
inline fake_server::script answer_once(std::string bytes) {
  return [bytes = std::move(bytes)](peer& p) {
    p.read_request();
    p.send(bytes);
  };
}

inline std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

}  // namespace closedpaw::test
