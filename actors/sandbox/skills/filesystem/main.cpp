#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "actors/sandbox/skills/filesystem/operations.hpp"

// One request on standard input, one answer on standard output.
int main() {
  using nlohmann::json;
  const std::string text{std::istreambuf_iterator<char>{std::cin}, {}};
  const auto answer = closedpaw::skill::answer_to(
      json::parse(text, nullptr, false), "/workspace");
  std::cout << answer.dump(-1, ' ', false, json::error_handler_t::replace);
}
