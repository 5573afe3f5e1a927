#pragma once

#include <array>
#include <cstddef>
#include <set>
#include <string>

namespace closedpaw::sandbox {

/// Which of an agent's connections are events of their own: the first of each
/// kind, and of a bounded number of destinations the first to each; the rest is
/// only counted. Refused ones, of which hostile code can have any number, use
/// up nothing of the others. Pure.
class connection_teller {
 public:
  static constexpr std::size_t most_told = 100;
  static constexpr std::size_t most_destinations = 1'000;

  bool tells(const std::string& to, bool refused) {
    auto& kind = kinds_.at(refused ? 1 : 0);
    const bool is_new = kind.destinations.size() < most_destinations &&
                        kind.destinations.insert(to).second;
    return kind.told < most_told ? ++kind.told > 0 : is_new && !refused;
  }

 private:
  struct kind_seen {
    std::size_t told = 0;
    std::set<std::string> destinations;
  };
  std::array<kind_seen, 2> kinds_;
};

}  // namespace closedpaw::sandbox
