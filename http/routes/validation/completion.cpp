#include <algorithm>
#include <array>

#include "http/routes/openai_wire.hpp"
#include "http/routes/validation/body.hpp"

namespace closedpaw::http {

namespace {

/// The first thing that is wrong with a request; SDKs show one.
class completion_reader {
 public:
  // Not in braces, which would make a list of it.
  explicit completion_reader(json body) : body_(std::move(body)) {}

  checked<run_chat> read() {
    run_chat out;
    out.form = chat_form::openai;
    out.model = text("model");
    take(read_messages(body_, out.messages));
    take(read_tool_use(body_, out.tools));
    auto& o = out.options;
    take(read_response_format(body_, o.response_format));
    number("temperature", 0, 2, o.temperature);
    number("top_p", 0, 1, o.top_p);
    number("presence_penalty", -2, 2, o.presence_penalty);
    number("frequency_penalty", -2, 2, o.frequency_penalty);
    integer("max_tokens", 1, o.max_tokens);
    integer("max_completion_tokens", 1, o.max_tokens);
    integer("seed", std::numeric_limits<std::int64_t>::min(), o.seed);
    stop(o.stop);
    flag("stream", out.stream);
    if (const auto* options = value("stream_options"))
      if (const auto it = options->find("include_usage");
          options->is_object() && it != options->end() && it->is_boolean())
        out.include_usage = it->get<bool>();
    refuse_the_rest();
    if (wrong_)
      return std::move(*wrong_);
    return out;
  }

 private:
  /// Null when it is absent or null.
  const json* value(const char* name) {
    const auto it = body_.find(name);
    return it == body_.end() || it->is_null() ? nullptr : &*it;
  }

  void wrong(const std::string& param, const std::string& what) {
    if (!wrong_)
      wrong_ =
          openai_error({errc::bad_request, param + ": " + what, {}, {}}, param);
  }

  std::optional<std::string> text(const char* name) {
    const auto* x = value(name);
    if (x && x->is_string() && !x->get_ref<const std::string&>().empty())
      return x->get<std::string>();
    wrong(name, "a text is required");
    return std::nullopt;
  }

  void number(const char* name, double low, double high,
              std::optional<double>& out) {
    const auto* x = value(name);
    if (!x)
      return;
    if (!x->is_number() || x->get<double>() < low || x->get<double>() > high)
      return wrong(name,
                   "expected a number from " + dump(low) + " to " + dump(high));
    out = x->get<double>();
  }

  void integer(const char* name, std::int64_t low,
               std::optional<std::int64_t>& out) {
    const auto* x = value(name);
    if (!x)
      return;
    if (!x->is_number_integer() || x->get<std::int64_t>() < low)
      return wrong(name, "expected an integer" +
                             (low == 1 ? std::string{" of at least 1"} : ""));
    out = x->get<std::int64_t>();
  }

  void flag(const char* name, bool& out) {
    const auto* x = value(name);
    if (!x)
      return;
    if (!x->is_boolean())
      return wrong(name, "expected true or false");
    out = x->get<bool>();
  }

  void stop(std::vector<std::string>& out) {
    const auto* x = value("stop");
    if (!x)
      return;
    const bool texts = x->is_array() &&
                       std::all_of(x->begin(), x->end(),
                                   [](const json& s) { return s.is_string(); });
    if (!texts && !x->is_string())
      return wrong("stop", "expected a text or a list of texts");
    if (x->is_string())
      out.push_back(x->get<std::string>());
    else
      out = x->get<std::vector<std::string>>();
    // Everything ends before an empty one.
    std::erase(out, "");
  }

  void take(std::optional<misreading> found) {
    if (found)
      wrong(found->place, found->what);
  }

  /// Whether a parameter that we do not carry out asks for nothing.
  static bool asks_for_nothing(const std::string& name, const json& x) {
    constexpr std::array<std::string_view, 22> read{"model",
                                                    "messages",
                                                    "tools",
                                                    "tool_choice",
                                                    "parallel_tool_calls",
                                                    "response_format",
                                                    "temperature",
                                                    "top_p",
                                                    "presence_penalty",
                                                    "frequency_penalty",
                                                    "max_tokens",
                                                    "seed",
                                                    "max_completion_tokens",
                                                    "stop",
                                                    "stream",
                                                    "stream_options",
                                                    "user",
                                                    "metadata",
                                                    "safety_identifier",
                                                    "service_tier",
                                                    "prompt_cache_key",
                                                    "store"};
    if (std::ranges::find(read, name) != read.end() || x.is_null())
      return true;
    if (name == "n")
      return x == 1;
    if (name == "logprobs")
      return x == false;
    if (name == "top_logprobs")
      return x == 0;
    if (name == "modalities")
      return x == json::array({"text"});
    if (name == "verbosity")
      return x == "medium";
    if (name == "function_call")
      return x == "none" || x == "auto";
    return (x.is_array() || x.is_object()) && x.empty();
  }

  void refuse_the_rest() {
    for (const auto& [name, x] : body_.items())
      if (!asks_for_nothing(name, x))
        wrong(name, "not supported with this value; leave it out");
  }

  json body_;
  std::optional<response> wrong_;
};

std::optional<std::string> json_trouble(std::string_view text) {
  const auto parsed = parse_json(text);
  if (parsed)
    return std::nullopt;
  return parsed.error().message + " at byte " +
         std::to_string(parsed.error().offset);
}

}  // namespace

checked<run_chat> check_completion(const request& r) {
  auto body = read_body(r);
  if (body && *body && (**body).is_object())
    return completion_reader{std::move(**body)}.read();
  // Where it stops being JSON is worth more than that it is none.
  const auto broken = body ? std::nullopt : json_trouble(r.body);
  return openai_error({errc::bad_request,
                       "the body must be a JSON object (Content-Type: "
                       "application/json)" +
                           (broken ? ": " + *broken : std::string{}),
                       {},
                       {}});
}

}  // namespace closedpaw::http
