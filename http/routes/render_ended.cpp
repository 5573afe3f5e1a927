#include "http/routes/openai_wire.hpp"
#include "http/routes/render.hpp"
#include "http/routes/replies.hpp"
#include "messages/model/json_writer.hpp"

namespace closedpaw::http {

namespace {

// The row keeps the code's name.
errc code_of(const action& row) {
  if (row.error_code)
    for (int i = 1; i <= static_cast<int>(errc::internal); ++i)
      if (const auto code = static_cast<errc>(i);
          to_string(code) == *row.error_code)
        return code;
  return errc::internal;
}

std::string text_in(const json& object, const char* key) {
  if (!object.is_object())
    return {};
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>()
                                               : std::string{};
}

std::string text_of(const json_text& text, const char* key) {
  return text_in(text.value(), key);
}

json identity(const action& row) {
  return {{"action_id", to_string(row.id)}, {"status", to_string(row.status)}};
}

response still_open(const action& row, json body) {
  body.update(identity(row));
  auto r = json_reply(body, 202);
  r.headers.emplace_back("Location", "/api/actions/" + to_string(row.id));
  return r;
}

response ended_badly(const action& row) {
  return error_response(failure_of(row));
}

}  // namespace

failure failure_of(const action& row) {
  if (!is_terminal(row.status))
    return {errc::conflict,
            "the action has not ended; it is " +
                std::string{to_string(row.status)} +
                " (POST /api/actions/{id}/approve, GET /api/actions/{id})",
            {},
            identity(row)};
  if (row.status == action_status::rejected)
    return {errc::conflict,
            row.error.value_or("Action was rejected"),
            {},
            identity(row)};
  failure why{
      code_of(row), row.error.value_or("Action failed"), {}, identity(row)};
  const auto result = row.result.value();
  if (const auto it = result.find("retry_after_ms"); it != result.end())
    why.retry_after = std::chrono::milliseconds{it->get<std::int64_t>()};
  return why;
}

response render_multi(const action& row) {
  if (!is_terminal(row.status))
    return still_open(row, {{"response", nullptr}});
  if (row.status != action_status::completed)
    return ended_badly(row);
  const auto result = row.result.value();
  json body = {{"response", result["response"]},
               {"model", result["model"]},
               {"provider", result["provider"]},
               {"tokens", result["prompt_tokens"].get<std::uint64_t>() +
                              result["completion_tokens"].get<std::uint64_t>()},
               {"latency_ms", result["latency_ms"]}};
  body.update(identity(row));
  return json_reply(body);
}

response render_chat(const action& row, chat_form form) {
  switch (form) {
    case chat_form::native:
      break;
    case chat_form::multi:
      return render_multi(row);
    case chat_form::openai:
      return render_completion(row);
  }
  return render_chat(row);
}

response render_failure(const command& asked, const failure& why) {
  const auto* chat = std::get_if<run_chat>(&asked);
  return chat && chat->form == chat_form::openai ? openai_error(why)
                                                 : error_response(why);
}

response render_chat(const action& row) {
  if (!is_terminal(row.status))
    return still_open(row, {{"response", nullptr},
                            {"model", text_of(row.parameters, "model")}});
  if (row.status != action_status::completed)
    return ended_badly(row);
  auto model = row.result.member("model");
  if (!model || model == R"("")")
    model = row.parameters.member("model");
  const auto body = object_text([&](json_writer& w) {
    w.raw("response", row.result.member("response").value_or(R"("")"));
    w.raw("model", model.value_or(R"("")"));
    w.text("action_id", to_string(row.id));
    w.text("status", to_string(row.status));
  });
  return json_response(200, std::string{body.str()});
}

response render_switch(const action& row) {
  const auto model = text_of(row.parameters, "model");
  if (!is_terminal(row.status))
    return still_open(row, {{"model", model}});
  if (row.status == action_status::completed)
    return json_reply({{"status", "success"},
                       {"model", model},
                       {"action_id", to_string(row.id)}});
  if (row.status == action_status::failed && code_of(row) == errc::not_found)
    return refuse(errc::bad_request, "Model " + model + " not available",
                  {{"action_id", to_string(row.id)}});
  return ended_badly(row);
}

}  // namespace closedpaw::http
