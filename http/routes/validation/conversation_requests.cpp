#include "http/routes/validation/conversation_requests.hpp"

#include "http/routes/validation/body.hpp"
#include "http/routes/validation/query.hpp"

namespace closedpaw::http {

namespace {

constexpr std::size_t most_text_bytes = 65'536;
constexpr std::size_t most_id_bytes = 255;
constexpr const char* default_conversation = "main";

}  // namespace

checked<post_to_channel> check_post(const request& r,
                                    std::string_view channel) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{std::move(*body), errors};
  post_to_channel out;
  out.channel = channel;
  out.text = fields.text("text", body_fields::need::required).value_or("");
  const auto conversation =
      fields.text("conversation", body_fields::need::nullable);
  const auto id = fields.text("id", body_fields::need::nullable);
  if (!errors.empty())
    return errors.to_response();
  errors.check_bytes(out.text, {"body", "text"}, most_text_bytes);
  if (conversation)
    errors.check_bytes(*conversation, {"body", "conversation"}, most_id_bytes);
  if (id)
    errors.check_bytes(*id, {"body", "id"}, most_id_bytes);
  if (!errors.empty())
    return errors.to_response();
  out.conversation = conversation.value_or(default_conversation);
  out.delivery = id.value_or("");
  return out;
}

checked<read_conversation> check_reading(const request& r,
                                         std::string_view channel) {
  field_errors errors;
  query_fields query{r.query, errors};
  read_conversation out;
  out.channel = channel;
  out.conversation =
      query.filter("conversation").value_or(default_conversation);
  if (const auto after = query.filter("after")) {
    out.after = parse_uuid(*after);
    if (!out.after)
      errors.add(query_fields::loc("after"), "value is not a valid uuid",
                 "type_error.uuid");
  }
  if (const auto limit = query.integer("limit", 1, most_turns_read))
    out.limit = static_cast<std::uint32_t>(*limit);
  if (!errors.empty())
    return errors.to_response();
  return out;
}

}  // namespace closedpaw::http
