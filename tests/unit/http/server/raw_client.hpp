#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace closedpaw::test {

/// One answer as it came over the wire.
struct raw_answer {
  int status = 0;
  std::string head;
  std::string body;

  /// The first value of a header, or "".
  std::string header(std::string_view name) const {
    std::string lower = head;
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return std::tolower(c); });
    const auto at = lower.find("\r\n" + std::string{name} + ": ");
    if (at == std::string::npos)
      return "";
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
  bool has(std::string_view text) const {
    return body.find(text) != std::string::npos;
  }
};

/// A blocking client that sends exactly the bytes it is given. Its receive
/// timeout only ends a test that would hang.
class raw_client {
 public:
  explicit raw_client(std::uint16_t port) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    open(reinterpret_cast<sockaddr*>(&to), sizeof to);
  }

  /// Takes over a socket that is connected to `to`.
  raw_client(int fd, sockaddr* to, socklen_t size) : fd_{fd} { open(to, size); }
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;
  ~raw_client() { close(); }

  void send(std::string_view text) {
    while (!text.empty()) {
      const auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0)
        return;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  /// Sends a GET and reads its answer.
  raw_answer get(std::string_view path, std::string_view more = "") {
    send("GET " + std::string{path} + " HTTP/1.1\r\nHost: localhost:" +
         std::to_string(port()) + "\r\n" + std::string{more} + "\r\n");
    return read();
  }

  raw_answer read(bool has_body = true) {
    raw_answer out;
    while (buffer_.find("\r\n\r\n") == std::string::npos)
      if (!more())
        return out;
    const auto end = buffer_.find("\r\n\r\n") + 4;
    out.head = buffer_.substr(0, end);
    buffer_.erase(0, end);
    out.status = std::atoi(out.head.c_str() + 9);
    if (out.header("transfer-encoding") == "chunked")
      return out;
    const auto size =
        std::strtoul(out.header("content-length").c_str(), nullptr, 10);
    if (has_body)
      out.body = read_bytes(size);
    return out;
  }

  /// One chunk of a chunked body; "" at its end and when it is cut off.
  std::string read_chunk() {
    while (buffer_.find("\r\n") == std::string::npos)
      if (!more())
        return "";
    const auto line = buffer_.find("\r\n");
    const auto size = std::strtoul(buffer_.c_str(), nullptr, 16);
    buffer_.erase(0, line + 2);
    auto out = read_bytes(size);
    ended_ = size == 0;
    read_bytes(2);
    return out;
  }
  /// The last chunk was read.
  bool ended() const { return ended_; }

  std::string read_bytes(std::size_t size) {
    while (buffer_.size() < size)
      if (!more())
        break;
    auto out = buffer_.substr(0, size);
    buffer_.erase(0, out.size());
    return out;
  }

  /// The server closed, and nothing is left over.
  bool at_end() { return buffer_.empty() && !more() && errno_ != EAGAIN; }

  void half_close() { shutdown(fd_, SHUT_WR); }
  void reset() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void close() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }
  std::uint16_t port() const { return port_; }
  int fd() const { return fd_; }
  bool connected() const { return connected_; }

 private:
  void open(sockaddr* to, socklen_t size) {
    const timeval limit{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in seen{};
    std::memcpy(&seen, to, std::min<std::size_t>(size, sizeof seen));
    // The port is at the same place in both families.
    port_ = ntohs(seen.sin_port);
    connected_ = connect(fd_, to, size) == 0;
  }

  bool more() {
    char bytes[4096];
    const auto n = recv(fd_, bytes, sizeof bytes, 0);
    errno_ = n < 0 ? errno : 0;
    if (n <= 0)
      return false;
    buffer_.append(bytes, static_cast<std::size_t>(n));
    return true;
  }

  int fd_ = -1;
  int errno_ = 0;
  std::uint16_t port_ = 0;
  bool connected_ = false;
  bool ended_ = false;
  std::string buffer_;
};

}  // namespace closedpaw::test
