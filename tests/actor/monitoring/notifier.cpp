#define CAF_SUITE notifier

#include "actors/monitoring/notifier.hpp"

#include "actors/monitoring/metrics/family.hpp"
#include "tests/actor/fixture.hpp"

namespace notifier_tests {

using namespace closedpaw;
using namespace closedpaw::test;

alert_rule only_rule() {
  alert_rule r;
  r.name = "R";
  r.of.metric = "x";
  return r;
}

std::vector<config::receiver_settings> receivers() {
  return {{.name = "hook", .type = "webhook", .url = "http://h/x"},
          {.name = "am", .type = "alertmanager", .url = "http://am/"},
          {.name = "chat",
           .type = "channel",
           .channel = "tg",
           .conversation = "7"}};
}

struct sut_fixture : fixture {
  sut_fixture() : board{{only_rule()}, receivers(), {}} { start(); }
  ~sut_fixture() override { end(); }

  void start() {
    monitoring::notifier_args args;
    args.board = &board;
    args.channels = channels;
    args.fetch = [this](http::client_request q, http::client::callback done) {
      asked.emplace_back(std::move(q), std::move(done));
      return http::cancel_handle{};
    };
    args.settings = settings;
    args.view = &view;
    args.now = test_now;
    sut = keep(monitoring::spawn_notifier(host(), own.begin(), args));
    settle();
  }

  /// One look of whoever evaluates.
  void look(double x) {
    auto f = monitoring::family::gauge("x", "");
    f.add({}, x);
    monitoring::families now;
    std::move(f).to(now);
    board.look(now, {sys.clock().now(), test_now()},
               [](const auto&, const auto&) { return std::string{}; });
  }
  void look_and_wait(double x) {
    look(x);
    advance(milliseconds{1000});
    look(x);
    advance(milliseconds{200});
  }
  /// The bodies that were posted there since.
  std::vector<std::string> posted(const std::string& url) const {
    std::vector<std::string> out;
    for (const auto& [q, done] : asked)
      if (q.url == url)
        out.push_back(q.body);
    return out;
  }
  void answer(const std::string& url, unsigned status) {
    for (auto& [q, done] : asked)
      if (q.url == url && done) {
        http::client_response r;
        r.status = status;
        std::exchange(done, nullptr)(std::move(r));
      }
    settle();
  }

  monitoring::alerts::board board;
  live_state live;
  published<std::vector<receiver_view>> view{live.gen};
  config::alert_settings settings;
  supervision::slot_table_ptr<channel_actor> channels =
      std::make_shared<supervision::slot_table<channel_actor>>("channel");
  std::vector<std::pair<http::client_request, http::client::callback>> asked;
  place<notifier_actor> own = make_place<notifier_actor>("notifier");
  notifier_actor sut;
};

}  // namespace notifier_tests

CAF_TEST_FIXTURE_SCOPE(notifier_tests, sut_fixture)

CAF_TEST(each receiver is told in its own form) {
  look_and_wait(1);
  const auto hook = posted("http://h/x");
  CAF_REQUIRE_EQUAL(hook.size(), 1U);
  CAF_CHECK_EQUAL(json::parse(hook[0])["alerts"][0]["rule"], json("R"));
  // The period of an Alertmanager began before the alert did.
  CAF_REQUIRE_EQUAL(posted("http://am/api/v2/alerts").size(), 1U);
  answer("http://h/x", 200);
  CAF_CHECK_EQUAL(view.get()->at(0).delivered, 1U);
  CAF_CHECK_EQUAL(view.get()->at(0).trouble, "");
  // The channel is not there; it is tried again.
  CAF_CHECK_EQUAL(view.get()->at(2).trouble, "channel tg is stopped");
  CAF_CHECK(view.get()->at(2).waiting > 0);
}

CAF_TEST(what is refused is sent again and shown) {
  look_and_wait(1);
  answer("http://h/x", 500);
  CAF_CHECK_EQUAL(view.get()->at(0).trouble, "it answered with status 500");
  advance(milliseconds{1200});
  CAF_CHECK_EQUAL(posted("http://h/x").size(), 2U);
  answer("http://h/x", 204);
  CAF_CHECK_EQUAL(view.get()->at(0).trouble, "");
  CAF_CHECK_EQUAL(view.get()->at(0).failed, 1U);
}

CAF_TEST(what is refused for good is not sent again) {
  look_and_wait(1);
  answer("http://h/x", 400);
  CAF_CHECK_EQUAL(view.get()->at(0).dropped, 1U);
  CAF_CHECK(contains(view.get()->at(0).trouble, "status 400"));
  advance(milliseconds{5000});
  CAF_CHECK_EQUAL(posted("http://h/x").size(), 1U);
}

CAF_TEST(a life that follows sends what was under way) {
  look_and_wait(1);
  CAF_CHECK_EQUAL(posted("http://h/x").size(), 1U);
  fault(sut, fault_kind::throw_);
  start();
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(posted("http://h/x").size(), 2U);
  // The answer to the earlier life is nobody's.
  answer("http://h/x", 200);
  CAF_CHECK_EQUAL(view.get()->at(0).delivered, 1U);
}

CAF_TEST(a channel is asked to say it) {
  std::vector<std::string> said;
  auto actor = keep(
      sys.spawn([&](channel_actor::pointer) -> channel_actor::behavior_type {
        return {
            [](check_atom) { return std::string{}; },
            [&](const ask_send_to_channel& q) {
              said.push_back(q->command.conversation + ": " + q->command.text);
              return std::string{"m"};
            },
            [](const ask_post_to_channel&) { return std::string{}; }};
      }));
  channels->add("tg")->set(actor);
  look_and_wait(1);
  CAF_CHECK_EQUAL(said, (std::vector<std::string>{"7: [WARNING] R: "}));
  CAF_CHECK_EQUAL(view.get()->at(2).delivered, 1U);
}

CAF_TEST(the heart beats only while alerts are evaluated) {
  settings.heartbeat_url = "http://beat/";
  kill(sut);
  start();
  advance(milliseconds{400});
  CAF_CHECK_EQUAL(posted("http://beat/").size(), 0U);
  look(0);
  advance(milliseconds{400});
  CAF_CHECK_EQUAL(posted("http://beat/").size(), 1U);
  answer("http://beat/", 200);
  // Nobody has looked for a minute.
  advance(std::chrono::minutes{2}, milliseconds{200});
  CAF_CHECK_EQUAL(posted("http://beat/").size(), 1U);
  look(0);
  advance(milliseconds{400});
  CAF_CHECK_EQUAL(posted("http://beat/").size(), 2U);
}

CAF_TEST_FIXTURE_SCOPE_END()
