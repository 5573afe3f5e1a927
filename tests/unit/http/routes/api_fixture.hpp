#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/router.hpp"

namespace closedpaw::http::test {

inline constexpr timestamp noon{
    std::chrono::microseconds{1'795'521'600'000'000}};  // 2026-11-24T12:00:00

inline std::string header_of(const response& r, std::string_view name) {
  for (const auto& [key, value] : r.headers)
    if (key == name)
      return value;
  return {};
}

/// A copy: the framework looks at what it compares after the statement.
inline std::string text_of(const response& r) {
  return *r.body;
}

inline json body_of(const response& r) {
  return json::parse(*r.body);
}

/// The places of a 422, joined: "body.approved body.user_id".
inline std::string places_of(const response& r) {
  const auto body = body_of(r);
  std::string out;
  for (const auto& error : body.at("detail")) {
    out += out.empty() ? "" : " ";
    for (const auto& part : error.at("loc"))
      out += (out.empty() || out.back() == ' ' ? "" : ".") +
             (part.is_string() ? part.get<std::string>() : part.dump());
  }
  return out;
}

/// All routes over a live state whose clock the test sets.
class api_fixture {
 public:
  api_fixture() {
    now_ = noon;
    live.now = [] { return now_; };
    live.durability = "sync";
    live.started_at = noon;
    live.tree = [] {
      node_snapshot root;
      root.id = root.path = "root";
      root.type = node_type::supervisor;
      root.state = node_state::running;
      node_snapshot child;
      child.id = "ollama";
      child.path = "root/ollama";
      root.children.push_back(child);
      return root;
    };
  }

  void pass(std::chrono::milliseconds time) { now_ += time; }

  outcome ask(method verb, std::string_view target, std::string body = {},
              std::vector<header> headers = {}) const {
    request r;
    r.verb = verb;
    const auto mark = target.find('?');
    r.path = target.substr(0, mark);
    if (mark != std::string_view::npos)
      r.query = target.substr(mark + 1);
    r.headers = std::move(headers);
    if (!body.empty() && r.header_value("content-type").empty())
      r.headers.emplace_back("content-type", "application/json");
    r.headers.emplace_back("host", "127.0.0.1:8000");
    r.body = std::move(body);
    return table.dispatch(r, live);
  }

  /// The answer; status 0 when it is a command instead.
  response answer(method verb, std::string_view target, std::string body = {},
                  std::vector<header> headers = {}) const {
    auto x = ask(verb, target, std::move(body), std::move(headers));
    if (auto* r = std::get_if<response>(&x))
      return std::move(*r);
    response none;
    none.status = 0;
    none.body = std::make_shared<const std::string>("null");
    return none;
  }

  response get(std::string_view target) const {
    return answer(method::get, target);
  }
  response post(std::string_view target, std::string body = {}) const {
    return answer(method::post, target, std::move(body));
  }

  /// The command, if it is of this kind.
  template <class Command>
  std::optional<Command> command_of(method verb, std::string_view target,
                                    std::string body = {},
                                    std::vector<header> headers = {}) const {
    auto x = ask(verb, target, std::move(body), std::move(headers));
    if (auto* c = std::get_if<command>(&x))
      if (auto* wanted = std::get_if<Command>(c))
        return std::move(*wanted);
    return std::nullopt;
  }

  std::shared_ptr<published<provider_view>> add_provider(provider_view view) {
    auto views = *live.providers.get();
    views.push_back(
        std::make_shared<published<provider_view>>(live.gen, std::move(view)));
    live.providers.publish(views);
    return views.back();
  }

  /// Its actor's and its users' part are the test's to publish.
  const channel_place& add_channel(std::string name, std::string type) {
    channel_place x;
    x.name = std::move(name);
    x.type = std::move(type);
    x.access = std::make_shared<published<channel_access>>(live.gen);
    x.view = std::make_shared<published<channel_view>>(live.gen);
    auto places = *live.channels.get();
    places.push_back(std::move(x));
    live.channels.publish(std::move(places));
    return live.channels.get()->back();
  }

  live_state live;
  event_hub hub{noon};
  channel_feeds feeds{noon};
  router table{all_routes(hub, feeds, "1.2.3")};

 private:
  static inline timestamp now_;
};

}  // namespace closedpaw::http::test
