#include "http/routes/openai_wire.hpp"

#include "http/routes/render.hpp"
#include "http/routes/replies.hpp"
#include "http/server/openai_error.hpp"

namespace closedpaw::http {

namespace {

/// By us or by the vendor, so that a repetition might do it twice; or a person
/// has to say something first, or said no.
bool is_not_to_be_repeated(errc code) {
  switch (code) {
    case errc::conflict:
    case errc::timeout:
    case errc::cancelled:
    case errc::interrupted:
    case errc::outcome_unknown:
    case errc::upstream_malformed:
      return true;
    default:
      return false;
  }
}

std::string finish_reason_of(const json& result) {
  auto said = result.value("finish_reason", "");
  if (said == "length" || said == "content_filter")
    return said;
  return result.contains("tool_calls") ? "tool_calls" : "stop";
}

json message_of(const json& result) {
  const bool refused = result.value("refused", false);
  json out{{"role", "assistant"},
           {"content", refused ? json() : result["response"]},
           {"refusal", refused ? result["response"] : json()}};
  if (const auto calls = result.find("tool_calls"); calls != result.end()) {
    if (result.value("response", "").empty())
      out["content"] = nullptr;
    out["tool_calls"] = *calls;
  }
  return out;
}

/// Whole, in one delta: they are of no use before.
json calls_delta(const json& calls) {
  auto list = json::array();
  for (const auto& x : calls) {
    json call{{"index", list.size()}};
    call.update(x);
    list.push_back(std::move(call));
  }
  return {{"tool_calls", std::move(list)}};
}

json usage_of(const json& result) {
  const auto prompt = result.value("prompt_tokens", std::uint64_t{0});
  const auto completion = result.value("completion_tokens", std::uint64_t{0});
  return {{"prompt_tokens", prompt},
          {"completion_tokens", completion},
          {"total_tokens", prompt + completion}};
}

std::int64_t unix_seconds(timestamp t) {
  return std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count();
}

std::string event(const json& data) {
  return "data: " + dump(data) + "\n\n";
}

class completion_events final : public chat_writer {
 public:
  completion_events(const run_chat& asked, timestamp now)
      : id_{"chatcmpl-" + asked.stream_id},
        model_{asked.model.value_or("")},
        created_{unix_seconds(now)},
        include_usage_{asked.include_usage} {}

  std::string begin() override {
    return event(chunk({{"role", "assistant"}, {"content", ""}}, nullptr));
  }
  std::string delta(std::string_view text) override {
    return event(chunk({{"content", text}}, nullptr));
  }
  std::string refusal(std::string_view text) override {
    return event(chunk({{"refusal", text}}, nullptr));
  }
  std::string end(const action& row) override {
    const auto result = row.result.value();
    // Another than was asked may have answered.
    model_ = result.value("model", model_);
    std::string out;
    if (const auto calls = result.find("tool_calls"); calls != result.end())
      out += event(chunk(calls_delta(*calls), nullptr));
    out += event(chunk(json::object(), finish_reason_of(result)));
    if (include_usage_) {
      auto last = frame();
      last["choices"] = json::array();
      last["usage"] = usage_of(result);
      out += event(last);
    }
    return out + "data: [DONE]\n\n";
  }
  std::string fail(const failure& why) override {
    return "data: " + *openai_error(why).body + "\n\n";
  }
  response refuse(const failure& why) override { return openai_error(why); }

 private:
  json frame() const {
    return {{"id", id_},
            {"object", "chat.completion.chunk"},
            {"created", created_},
            {"model", model_}};
  }
  json chunk(json delta, json finish_reason) const {
    auto out = frame();
    out["choices"] =
        json::array({json{{"index", 0},
                          {"delta", std::move(delta)},
                          {"logprobs", nullptr},
                          {"finish_reason", std::move(finish_reason)}}});
    if (include_usage_)
      out["usage"] = nullptr;
    return out;
  }

  const std::string id_;
  std::string model_;
  const std::int64_t created_;
  const bool include_usage_;
};

}  // namespace

response openai_error(const failure& why, json param) {
  auto answer = error_response(why);
  answer.body = std::make_shared<const std::string>(
      dump({{"error", openai_error_member(why, std::move(param))}}));
  // OpenAI's clients repeat 408, 409 and 5xx unless they are told.
  if (is_not_to_be_repeated(why.code))
    answer.headers.emplace_back("x-should-retry", "false");
  return answer;
}

response render_completion(const action& row) {
  // One that waits for a person is a conflict, which no client repeats.
  if (row.status != action_status::completed)
    return openai_error(failure_of(row));
  const auto result = row.result.value();
  json choice{{"index", 0},
              {"message", message_of(result)},
              {"logprobs", nullptr},
              {"finish_reason", finish_reason_of(result)}};
  return json_reply({{"id", "chatcmpl-" + to_string(row.id)},
                     {"object", "chat.completion"},
                     {"created", unix_seconds(row.created_at)},
                     {"model", result["model"]},
                     {"provider", result["provider"]},
                     {"choices", json::array({std::move(choice)})},
                     {"usage", usage_of(result)}});
}

std::unique_ptr<chat_writer> completion_writer(const run_chat& asked,
                                               timestamp now) {
  return std::make_unique<completion_events>(asked, now);
}

}  // namespace closedpaw::http
