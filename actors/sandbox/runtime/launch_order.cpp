#include "actors/sandbox/runtime/launch_order.hpp"

#include <cstring>

namespace closedpaw::sandbox {

namespace {

void put(std::string& to, std::uint64_t x) {
  to.append(reinterpret_cast<const char*>(&x), sizeof x);
}

void put(std::string& to, const std::string& x) {
  put(to, x.size());
  to += x;
}

void put(std::string& to, const std::vector<std::string>& xs) {
  put(to, xs.size());
  for (const auto& x : xs)
    put(to, x);
}

/// Reads until something does not fit.
class reader {
 public:
  explicit reader(std::string_view bytes) : rest_{bytes} {}

  std::uint64_t number() {
    std::uint64_t out = 0;
    if (rest_.size() < sizeof out) {
      good_ = false;
      return 0;
    }
    std::memcpy(&out, rest_.data(), sizeof out);
    rest_.remove_prefix(sizeof out);
    return out;
  }
  std::string text() {
    const auto size = number();
    if (size > rest_.size()) {
      good_ = false;
      return {};
    }
    std::string out{rest_.substr(0, size)};
    rest_.remove_prefix(size);
    return out;
  }
  template <class Each>
  void list(Each each) {
    for (auto n = number(); n > 0 && good_; --n)
      each();
  }
  bool ended_well() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::string encode(const launch_order& x) {
  std::string out;
  put(out, x.command);
  put(out, x.environment);
  put(out, x.stages.size());
  for (const auto& s : x.stages) {
    put(out, s.source);
    put(out, s.target);
  }
  put(out, std::uint64_t{x.become ? 1U : 0U});
  if (x.become) {
    put(out, std::uint64_t{x.become->user});
    put(out, std::uint64_t{x.become->group});
  }
  put(out, x.bounds.size());
  for (const auto& b : x.bounds) {
    put(out, static_cast<std::uint64_t>(b.resource));
    put(out, b.value);
  }
  return out;
}

std::optional<launch_order> decode_order(std::string_view bytes) {
  reader in{bytes};
  launch_order out;
  in.list([&] { out.command.push_back(in.text()); });
  in.list([&] { out.environment.push_back(in.text()); });
  in.list([&] {
    auto source = in.text();
    out.stages.push_back({std::move(source), in.text()});
  });
  if (in.number() != 0) {
    const auto user = static_cast<uid_t>(in.number());
    out.become = launch_order::account{user, static_cast<gid_t>(in.number())};
  }
  in.list([&] {
    const auto resource = static_cast<int>(in.number());
    out.bounds.push_back({resource, in.number()});
  });
  if (!in.ended_well() || out.command.empty())
    return std::nullopt;
  return out;
}

}  // namespace closedpaw::sandbox
