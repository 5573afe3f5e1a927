#include "actors/orchestrator/screening.hpp"

#include <algorithm>

#include "messages/model/json_fields.hpp"

namespace closedpaw::orchestrator {

namespace {

/// Where each is, and what several of them are as one.
struct texts {
  std::vector<const std::string*> each;
  std::vector<std::string> joined;
};

void add_texts(const json& from, texts& to) {
  if (from.is_string()) {
    to.each.push_back(from.get_ptr<const std::string*>());
    return;
  }
  if (from.is_structured())
    for (const auto& x : from)
      add_texts(x, to);
}

/// The set-up of a conversation ("system", and what its tools are said to do)
/// is its application's own, and as trusted as that. What a model said is known
/// to be that only of channels, whose earlier messages were also judged when
/// they came.
bool is_judged(const json& message, bool last, const principal& by) {
  const auto role = message.value("role", std::string{});
  if (role == "system" || role == "developer")
    return false;
  return by.kind != "channel" || (last && role != "assistant");
}

/// Its text, the texts of its parts, and what it wants functions to be called
/// with; no images.
void add_message(const json& x, texts& to) {
  const auto add_text = [&to](const json& from, const char* name) {
    const auto* text = text_in(from, name);
    if (text)
      to.each.push_back(text);
    return text;
  };
  add_text(x, "content");
  // The model gets parts as one.
  if (const auto* parts = array_in(x, "content")) {
    std::string whole;
    for (const auto& part : *parts)
      if (const auto* text = add_text(part, "text"))
        whole += *text;
    if (parts->size() > 1)
      to.joined.push_back(std::move(whole));
  }
  if (const auto* calls = array_in(x, "tool_calls"))
    for (const auto& call : *calls)
      if (const auto* function = object_in(call, "function"))
        add_text(*function, "arguments");
}

void add_messages(const json& parameters, const principal& by, texts& to) {
  if (const auto one = parameters.find("message"); one != parameters.end())
    add_texts(*one, to);
  const auto many = parameters.find("messages");
  if (many == parameters.end() || !many->is_array())
    return;
  for (std::size_t i = 0; i < many->size(); ++i) {
    const auto& x = (*many)[i];
    const bool readable =
        x.is_object() && (!x.contains("role") || x["role"].is_string());
    if (readable && is_judged(x, i + 1 == many->size(), by))
      add_message(x, to);
  }
}

texts texts_of(const action_request& request, const principal& by) {
  const auto type = request.type;
  const auto& parameters = request.parameters;
  texts out;
  if (!parameters.is_object())
    return out;
  if (type == action_type::chat)
    add_messages(parameters, by, out);
  else if (type == action_type::skill_execution ||
           type == action_type::file_operation)
    add_texts(parameters, out);
  return out;
}

const config::prompt_limits& limits_for(action_type type, const principal& by,
                                        const config::prompt_settings& s) {
  if (type != action_type::chat)
    return s.skill;
  return by.kind == "channel" ? s.channel : s.chat;
}

bool reaches(threat_level level, config::threat_limit limit) {
  // Both have "low" first; "never" is behind all of them.
  return level != threat_level::none &&
         static_cast<int>(level) - 1 >= static_cast<int>(limit);
}

screening_outcome outcome_of(threat_level level,
                             const config::prompt_limits& limits) {
  if (reaches(level, limits.block_at))
    return screening_outcome::block;
  if (reaches(level, limits.ask_at))
    return screening_outcome::ask;
  return reaches(level, limits.sanitize_at) ? screening_outcome::sanitize
                                            : screening_outcome::pass;
}

/// Of each text, and of all together: an attack may be spread over them.
prompt_verdict gravest(const texts& list, const prompt_judge& with) {
  prompt_verdict out;
  const auto consider = [&](const std::string& text) {
    auto verdict = with.judge(text);
    if (verdict.score > out.score || verdict.level > out.level)
      out = std::move(verdict);
  };
  std::string all;
  for (const auto* text : list.each) {
    consider(*text);
    all += *text + '\n';
  }
  for (const auto& text : list.joined)
    consider(text);
  if (list.each.size() > 1)
    consider(all);
  return out;
}

const char* word_for(screening_outcome x) {
  switch (x) {
    case screening_outcome::block:
      return "blocked";
    case screening_outcome::ask:
      return "held";
    case screening_outcome::sanitize:
      return "sanitized";
    case screening_outcome::pass:
      return "flagged";
  }
  return "flagged";
}

audit_event event_of(const action& row, const screening& seen, timestamp now) {
  audit_event e;
  e.time = now;
  e.actor = "security";
  e.user = row.requested_by;
  e.action_id = row.id;
  e.action_type = "security";
  e.skill_id = row.skill_id;
  e.status = word_for(seen.outcome);
  e.level = to_string(seen.verdict.level);
  e.request_id = row.request_id;
  e.details = json_text{to_json(seen.verdict)};
  return e;
}

failure refusal_of(const prompt_verdict& x) {
  std::string why;
  for (const auto& m : x.matched)
    why += (why.empty() ? "" : ", ") + m.id;
  return {errc::bad_request,
          "Input validation failed: the text reads like an attack on the model "
          "(threat level " +
              std::string{to_string(x.level)} + ": " + why +
              "); POST /api/security/validate explains it, and "
              "security.prompts sets what is blocked",
          {},
          {{"threat_level", to_string(x.level)}}};
}

}  // namespace

screening screen(const action_request& request, const principal& by,
                 const prompt_judge& with, const config::prompt_settings& s) {
  screening out;
  if (!s.enabled || !with.judge)
    return out;
  const auto list = texts_of(request, by);
  out.verdict = gravest(list, with);
  const auto& limits = limits_for(request.type, by, s);
  out.outcome = outcome_of(out.verdict.level, limits);
  if (out.outcome != screening_outcome::sanitize)
    return out;
  auto& cleaned = out.cleaned.emplace(request);
  const auto ours = texts_of(cleaned, by);
  // They are the copy's own, which is no constant.
  for (const auto* text : ours.each)
    const_cast<std::string&>(*text) = with.sanitize(*text);
  // What the classifier finds has no part that could be taken out, nor has what
  // is spread over parts.
  if (reaches(gravest(texts_of(cleaned, by), with).level, limits.sanitize_at))
    out.outcome = screening_outcome::block;
  return out;
}

transition screened(transition step, const screening& seen, timestamp now) {
  if (seen.outcome == screening_outcome::pass &&
      seen.verdict.level < threat_level::medium)
    return step;
  auto e = event_of(step.row(), seen, now);
  if (seen.outcome == screening_outcome::block) {
    e.outcome = "rejected";
    step = fail(std::move(step), refusal_of(seen.verdict), now);
  } else if (seen.outcome == screening_outcome::ask) {
    auto& row = step.row();
    row.status = action_status::pending;
    row.level = std::max(row.level, security_level::high);
  }
  step.events().push_back(std::move(e));
  return step;
}

}  // namespace closedpaw::orchestrator
