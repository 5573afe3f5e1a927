#include "actors/orchestrator/trust_change.hpp"

#include <set>
#include <string_view>

namespace closedpaw::orchestrator {

namespace {

constexpr const char* what_key = "change";

constexpr const char* skill_change = "enable_skill";
constexpr const char* default_change = "default_provider";
constexpr const char* provider_change = "register_provider";
constexpr const char* channel_change = "register_channel";
constexpr const char* user_change = "bind_user";
constexpr const char* pairing_change = "confirm_pairing";

failure secret_in(const std::string& which, const std::string& row) {
  return {errc::conflict,
          "security.strict holds that until it is approved, and an action "
          "keeps no secret: leave it out, and once " +
              which + " is approved store it: closedpaw vault set " + row,
          {},
          {}};
}

void put(json& to, const char* key, const std::optional<std::string>& value) {
  if (value && !value->empty())
    to[key] = *value;
}

result<std::optional<json>> parameters_of(const register_provider& c) {
  if (c.api_key && !c.api_key->empty())
    return secret_in("provider " + c.name, "providers/" + c.name + "/api_key");
  json out{{what_key, provider_change}, {"name", c.name}, {"type", c.type}};
  put(out, "base_url", c.base_url);
  put(out, "default_model", c.default_model);
  return std::optional{std::move(out)};
}

result<std::optional<json>> parameters_of(const register_channel& c) {
  if (!c.secrets.empty())
    return secret_in("channel " + c.name,
                     "channels/" + c.name + "/" + c.secrets.begin()->first);
  json out{{what_key, channel_change},
           {"name", c.name},
           {"type", c.type},
           {"enabled", c.enabled},
           {"allowed_users", c.allowed_users}};
  put(out, "base_url", c.base_url);
  if (c.open)
    out["open"] = *c.open;
  return std::optional{std::move(out)};
}

result<std::optional<json>> parameters_of(const set_skill_enabled& c) {
  if (!c.enabled)
    return std::optional<json>{};
  return std::optional{
      json{{what_key, skill_change}, {"skill_id", c.skill_id}}};
}

result<std::optional<json>> parameters_of(const set_default_provider& c) {
  return std::optional{json{{what_key, default_change}, {"name", c.name}}};
}

result<std::optional<json>> parameters_of(const bind_channel_user& c) {
  if (!c.bound)
    return std::optional<json>{};
  return std::optional{json{{what_key, user_change},
                            {"channel", c.channel},
                            {"user_id", c.user},
                            {"username", c.username},
                            {"approves", c.approves}}};
}

result<std::optional<json>> parameters_of(const confirm_pairing& c) {
  return std::optional{json{
      {what_key, pairing_change}, {"code", c.code}, {"approves", c.approves}}};
}

template <class Other>
result<std::optional<json>> parameters_of(const Other&) {
  return std::optional<json>{};
}

/// Takes parameters one by one; what is left over at the end is unknown.
class reading {
 public:
  explicit reading(const json& from) : from_{from} { known_.insert(what_key); }

  std::string text(const char* key) {
    auto out = maybe_text(key);
    if (!out && complaint_.empty())
      complaint_ = std::string{"parameters."} + key + " is required";
    return out.value_or("");
  }

  std::optional<std::string> maybe_text(const char* key) {
    const auto* x = find(key);
    if (x && !x->is_string())
      complain(key, "a text");
    return x && x->is_string() ? std::optional{x->get<std::string>()}
                               : std::nullopt;
  }

  std::optional<bool> maybe_flag(const char* key) {
    const auto* x = find(key);
    if (x && !x->is_boolean())
      complain(key, "true or false");
    return x && x->is_boolean() ? std::optional{x->get<bool>()} : std::nullopt;
  }

  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> out;
    const auto* x = find(key);
    for (const auto& one : x && x->is_array() ? *x : json::array())
      if (one.is_string())
        out.push_back(one.get<std::string>());
    if (x && (!x->is_array() || out.size() != x->size()))
      complain(key, "a list of texts");
    return out;
  }

  template <class Change>
  result<trust_change> done(Change out) {
    for (const auto& [key, value] : from_.items())
      if (complaint_.empty() && !known_.contains(key))
        complaint_ = "parameters." + key + " is unknown here";
    if (!complaint_.empty())
      return failure{errc::bad_request, std::move(complaint_), {}, {}};
    return trust_change{std::move(out)};
  }

 private:
  const json* find(const char* key) {
    known_.insert(key);
    const auto it = from_.find(key);
    return it == from_.end() || it->is_null() ? nullptr : &*it;
  }
  void complain(const char* key, const char* expected) {
    if (complaint_.empty())
      complaint_ = std::string{"parameters."} + key + " must be " + expected;
  }

  const json& from_;
  std::set<std::string, std::less<>> known_;
  std::string complaint_;
};

result<trust_change> read_provider(reading& from) {
  register_provider out;
  out.name = from.text("name");
  out.type = from.text("type");
  out.base_url = from.maybe_text("base_url");
  out.default_model = from.maybe_text("default_model");
  return from.done(std::move(out));
}

result<trust_change> read_channel(reading& from) {
  register_channel out;
  out.name = from.text("name");
  out.type = from.text("type");
  out.enabled = from.maybe_flag("enabled").value_or(true);
  out.base_url = from.maybe_text("base_url");
  out.open = from.maybe_flag("open");
  out.allowed_users = from.texts("allowed_users");
  return from.done(std::move(out));
}

result<trust_change> read_user(reading& from) {
  bind_channel_user out;
  out.channel = from.text("channel");
  out.user = from.text("user_id");
  out.username = from.maybe_text("username").value_or("");
  out.approves = from.maybe_flag("approves").value_or(false);
  return from.done(std::move(out));
}

result<trust_change> read_pairing(reading& from) {
  confirm_pairing out;
  out.code = from.text("code");
  out.approves = from.maybe_flag("approves").value_or(false);
  return from.done(std::move(out));
}

}  // namespace

result<std::optional<json>> trust_parameters(const command& what) {
  return std::visit([](const auto& c) { return parameters_of(c); }, what);
}

bool is_trust_change(const json& parameters) {
  return parameters.contains(what_key);
}

result<trust_change> read_trust_change(const json& parameters) {
  reading from{parameters};
  const auto what = from.text(what_key);
  if (what == skill_change)
    return from.done(set_skill_enabled{from.text("skill_id"), true});
  if (what == default_change)
    return from.done(set_default_provider{from.text("name")});
  if (what == provider_change)
    return read_provider(from);
  if (what == channel_change)
    return read_channel(from);
  if (what == user_change)
    return read_user(from);
  if (what == pairing_change)
    return read_pairing(from);
  return failure{errc::bad_request,
                 "parameters.change must be " + std::string{skill_change} +
                     ", " + default_change + ", " + provider_change + ", " +
                     channel_change + ", " + user_change + " or " +
                     pairing_change,
                 {},
                 {}};
}

}  // namespace closedpaw::orchestrator
