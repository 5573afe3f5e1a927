#define CAF_SUITE channel_payloads

#include "tests/actor/messages/payload_fixture.hpp"

namespace channel_payloads_tests {

using namespace closedpaw;
using namespace closedpaw::test;

}  // namespace channel_payloads_tests

CAF_TEST_FIXTURE_SCOPE(channel_payloads_tests, payload_fixture)

CAF_TEST(channels) {
  register_channel c;
  c.name = "n";
  c.type = "telegram";
  c.enabled = false;
  c.base_url = "u";
  c.open = true;
  c.allowed_users = {"a", "b"};
  c.secrets["token"] = secret_text{"t"};
  const auto r =
      travel(ask_register_channel{ask<register_channel>{c, full_context()}});
  CAF_CHECK_EQUAL(r->command.name + r->command.type, "ntelegram");
  CAF_CHECK(!r->command.enabled);
  CAF_CHECK(r->command.base_url == "u" && r->command.open == true);
  CAF_CHECK(r->command.allowed_users == c.allowed_users);
  CAF_CHECK_EQUAL(r->command.secrets.at("token").reveal(), "t");
  check_context(r->context);
  CAF_CHECK_EQUAL(
      travel(ask_remove_channel{ask<remove_channel>{{"n"}, full_context()}})
          ->command.name,
      "n");
  const auto s = travel(
      ask_switch_channels{ask<switch_channels>{{"n", false}, full_context()}});
  CAF_CHECK(s->command.name == "n" && !s->command.started);
  const auto b = travel(ask_bind_user{
      ask<bind_channel_user>{{"n", "u", "Ann", false, true}, full_context()}});
  CAF_CHECK_EQUAL(b->command.channel + b->command.user + b->command.username,
                  "nuAnn");
  CAF_CHECK(!b->command.bound && b->command.approves);
  const auto p = travel(
      ask_confirm_pairing{ask<confirm_pairing>{{"c", true}, full_context()}});
  CAF_CHECK(p->command.code == "c" && p->command.approves);
  const auto g = travel(
      ask_begin_pairing{ask<begin_pairing>{{"n", "s", "Ann"}, full_context()}});
  CAF_CHECK_EQUAL(
      g->command.channel + g->command.sender + g->command.sender_name, "nsAnn");
  const auto m = travel(ask_send_to_channel{
      ask<send_to_channel>{{"n", "c", "t"}, full_context()}});
  CAF_CHECK_EQUAL(
      m->command.channel + m->command.conversation + m->command.text, "nct");
  CAF_CHECK(travel(await_action{some_id(4)}).id == some_id(4));
}

CAF_TEST(conversations) {
  const auto p = travel(ask_post_to_channel{
      ask<post_to_channel>{{"n", "c", "t", "d"}, full_context()}});
  CAF_CHECK_EQUAL(p->command.channel + p->command.conversation +
                      p->command.text + p->command.delivery,
                  "nctd");
  const auto r = travel(read_conversation{"n", "c", some_id(3), 7});
  CAF_CHECK_EQUAL(r.channel + r.conversation, "nc");
  CAF_CHECK(r.after == some_id(3));
  CAF_CHECK_EQUAL(r.limit, 7U);
  turn said;
  said.id = some_id(1);
  said.conversation = "c";
  said.from = speaker::assistant;
  said.sender = "s";
  said.refers_to = some_id(2);
  said.text = "t";
  said.at = timestamp{std::chrono::hours{1}};
  said.delivery = "d";
  said.aside = said.failed = said.begins_anew = true;
  const auto page =
      travel(conversation_payload{conversation_page{{said}, true}});
  CAF_REQUIRE_EQUAL(page->turns.size(), 1U);
  CAF_CHECK(page->turns[0] == said);
  CAF_CHECK(page->more);
}

CAF_TEST_FIXTURE_SCOPE_END()
