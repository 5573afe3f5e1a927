#include "actors/orchestrator/security_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace closedpaw::orchestrator {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

// Empty when the parameter is missing or no string.
std::string as_sent(const action_request& request, const char* key) {
  if (!request.parameters.is_object())
    return {};
  auto it = request.parameters.find(key);
  if (it == request.parameters.end() || !it->is_string())
    return {};
  return it->get<std::string>();
}

std::string parameter(const action_request& request, const char* key) {
  return lower(as_sent(request, key));
}

security_level classify_file(const action_request& request) {
  // Only what is known to leave the files as they are is less than high.
  constexpr std::array harmless{"read", "list", "stat"};
  const auto operation = parameter(request, "operation");
  const bool known =
      std::find(harmless.begin(), harmless.end(), operation) != harmless.end();
  return known ? security_level::medium : security_level::high;
}

security_level classify_skill(const action_request& request) {
  auto powerful = [](const std::string& skill) {
    return skill == "filesystem" || skill == "system";
  };
  if (powerful(lower(request.skill_id.value_or(""))) ||
      powerful(parameter(request, "skill_id")))
    return security_level::high;
  return security_level::medium;
}

security_level classify_by_type(const action_request& request) {
  switch (request.type) {
    case action_type::config_change:
      return security_level::critical;
    case action_type::file_operation:
      return classify_file(request);
    case action_type::skill_execution:
      return classify_skill(request);
    case action_type::chat:
      return security_level::low;
    case action_type::model_switch:
    case action_type::api_call:
      return security_level::medium;
  }
  return security_level::high;
}

}  // namespace

std::string skill_of(const action_request& request) {
  if (request.type == action_type::file_operation)
    return "filesystem";
  if (request.type != action_type::skill_execution)
    return {};
  return request.skill_id ? *request.skill_id : parameter(request, "skill_id");
}

security_level classify(const action_request& request,
                        const skill_manifest* program) {
  const auto level = classify_by_type(request);
  // The original's rules are what there is to say about files.
  if (!program || request.type == action_type::file_operation)
    return level;
  const auto known = program->operations.find(as_sent(request, "operation"));
  return std::max(level, known == program->operations.end()
                             ? std::max(program->level, security_level::high)
                             : known->second.level);
}

}  // namespace closedpaw::orchestrator
