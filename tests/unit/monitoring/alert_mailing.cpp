#define CAF_SUITE alert_mailing

#include "actors/monitoring/alerts/letters.hpp"
#include "tests/unit_test.hpp"

namespace alert_mailing_tests {

using namespace closedpaw;
using namespace closedpaw::monitoring::alerts;
using namespace std::chrono_literals;

alert firing(std::string rule, alert_labels labels = {}) {
  alert a;
  a.rule = std::move(rule);
  a.fingerprint = a.rule;
  a.labels = std::move(labels);
  a.state = alert_state::firing;
  a.summary = a.rule + " is wrong";
  return a;
}

struct box {
  explicit box(std::string type = "webhook", std::string channel = {})
      : mail{config::receiver_settings{.name = "me",
                                       .type = std::move(type),
                                       .channel = std::move(channel)},
             {}} {}

  /// What is sent after that time, the alerts' rules with their states.
  std::string after(std::chrono::milliseconds wait,
                    const std::vector<alert>& all, bool taken = true) {
    now += wait;
    mail.look(all, now);
    const auto what = mail.next(now);
    if (!what)
      return "nothing";
    if (taken)
      mail.delivered({});
    else
      mail.failed("no", now);
    std::string out;
    for (const auto& a : what->alerts)
      out += a.rule + ' ' + std::string{to_string(a.state)} + ' ';
    return out;
  }

  mailing mail;
  monotonic now{1h};
};

CAF_TEST(each is told once and once more when it is over) {
  box b;
  CAF_CHECK_EQUAL(b.after(0s, {firing("A")}), "nothing");
  // Those that begin within a second go together.
  CAF_CHECK_EQUAL(b.after(500ms, {firing("A"), firing("B")}), "nothing");
  CAF_CHECK_EQUAL(b.after(500ms, {firing("A"), firing("B")}),
                  "A firing B firing ");
  CAF_CHECK_EQUAL(b.after(1h, {firing("A"), firing("B")}), "nothing");
  CAF_CHECK_EQUAL(b.after(1s, {firing("B")}), "nothing");
  CAF_CHECK_EQUAL(b.after(1s, {firing("B")}), "A resolved ");
  CAF_CHECK_EQUAL(b.after(1h, {firing("B")}), "nothing");
  CAF_CHECK_EQUAL(b.mail.view().delivered, 2u);
}

CAF_TEST(what goes on is told again after a while) {
  box b;
  b.after(0s, {firing("A")});
  b.after(1s, {firing("A")});
  CAF_CHECK_EQUAL(b.after(3h, {firing("A")}), "nothing");
  b.after(1h, {firing("A")});
  CAF_CHECK_EQUAL(b.after(1s, {firing("A")}), "A firing ");
}

CAF_TEST(what was over before anybody was told is no news) {
  box b;
  b.after(0s, {firing("A")});
  CAF_CHECK_EQUAL(b.after(500ms, {}), "nothing");
  CAF_CHECK_EQUAL(b.after(1h, {}), "nothing");
}

CAF_TEST(a failed delivery is tried again and nothing gets lost) {
  box b;
  b.after(0s, {firing("A")});
  CAF_CHECK_EQUAL(b.after(1s, {firing("A")}, false), "A firing ");
  CAF_CHECK_EQUAL(b.mail.view().trouble, "no");
  CAF_CHECK_EQUAL(b.mail.view().waiting, 1u);
  CAF_CHECK_EQUAL(b.after(500ms, {firing("A"), firing("B")}, false), "nothing");
  CAF_CHECK_EQUAL(b.after(500ms, {firing("A"), firing("B")}, false),
                  "A firing ");
  // Twice as long now; it is over meanwhile, which comes after.
  CAF_CHECK_EQUAL(b.after(1900ms, {firing("B")}), "nothing");
  CAF_CHECK_EQUAL(b.after(100ms, {firing("B")}), "A firing ");
  CAF_CHECK_EQUAL(b.after(0s, {firing("B")}), "B firing A resolved ");
  CAF_CHECK_EQUAL(b.mail.view().trouble, "");
  CAF_CHECK_EQUAL(b.mail.view().failed, 2u);
}

CAF_TEST(what is refused for good is dropped and the next one goes) {
  box b;
  b.mail.look({firing("A")}, b.now);
  b.now += 1s;
  CAF_CHECK(b.mail.next(b.now));
  b.mail.dropped("status 400");
  CAF_CHECK_EQUAL(b.mail.view().dropped, 1u);
  CAF_CHECK_EQUAL(b.mail.view().trouble, "status 400");
  CAF_CHECK_EQUAL(b.after(0s, {firing("A"), firing("B")}), "nothing");
  CAF_CHECK_EQUAL(b.after(1s, {firing("A"), firing("B")}), "B firing ");
}

CAF_TEST(one thing is under way at a time and a new sender repeats it) {
  box b;
  b.mail.look({firing("A")}, b.now);
  b.now += 1s;
  CAF_CHECK(b.mail.next(b.now));
  CAF_CHECK(!b.mail.next(b.now));
  b.mail.forget_under_way();
  const auto again = b.mail.next(b.now);
  CAF_REQUIRE(again);
  CAF_CHECK_EQUAL(again->alerts.at(0).rule, "A");
}

CAF_TEST(consequences and silenced ones are not told) {
  box b;
  auto effect = firing("Effect");
  effect.inhibited_by = "Cause";
  auto quiet = firing("Quiet");
  quiet.silenced_by = "s";
  b.after(0s, {effect, quiet, firing("Cause")});
  CAF_CHECK_EQUAL(b.after(1s, {effect, quiet, firing("Cause")}),
                  "Cause firing ");
  // Once nothing keeps it back it is news.
  b.after(1s, {firing("Effect"), quiet});
  CAF_CHECK_EQUAL(b.after(1s, {firing("Effect"), quiet}),
                  "Effect firing Cause resolved ");
}

CAF_TEST(one that becomes a consequence before it was told is not ) {
  box b;
  b.after(0s, {firing("Effect")});
  auto effect = firing("Effect");
  effect.inhibited_by = "Cause";
  b.after(500ms, {effect, firing("Cause")});
  CAF_CHECK_EQUAL(b.after(1s, {effect, firing("Cause")}), "Cause firing ");
}

CAF_TEST(nobody is told by way of what has failed) {
  box hook;
  const auto mine = firing("Mine", {{"receiver", "me"}});
  const auto others = firing("Others", {{"receiver", "you"}});
  hook.after(0s, {mine, others});
  CAF_CHECK_EQUAL(hook.after(1s, {mine, others}), "Others firing ");
  box chat{"channel", "tg"};
  const auto tg = firing("Tg", {{"channel", "tg"}});
  const auto mx = firing("Mx", {{"channel", "mx"}});
  const auto actor = firing("Actor", {{"path", "root/channels/tg"}});
  chat.after(0s, {tg, mx, actor});
  CAF_CHECK_EQUAL(chat.after(1s, {tg, mx, actor}), "Mx firing ");
}

CAF_TEST(what is less severe is not told) {
  box b;
  auto note = firing("Note");
  note.severity = alert_severity::info;
  CAF_CHECK_EQUAL(b.after(0s, {note}), "nothing");
  CAF_CHECK_EQUAL(b.after(1h, {note}), "nothing");
}

CAF_TEST(an Alertmanager is told of all that fire on a period) {
  box b{"alertmanager"};
  CAF_CHECK_EQUAL(b.after(0s, {}), "");
  b.after(1s, {firing("A")});
  CAF_CHECK_EQUAL(b.after(1s, {firing("A")}), "A firing ");
  CAF_CHECK_EQUAL(b.after(59s, {firing("A")}), "nothing");
  CAF_CHECK_EQUAL(b.after(1s, {firing("A")}), "A firing ");
  b.after(1s, {});
  CAF_CHECK_EQUAL(b.after(1s, {}), "A resolved ");
}

CAF_TEST(letters) {
  auto a = firing("A", {{"provider", "x"}});
  a.severity = alert_severity::critical;
  a.cause = "it <said>\n[CRITICAL] B: no & \x1b[31m";
  a.active_at = timestamp{std::chrono::seconds{100}};
  a.firing_at = timestamp{std::chrono::seconds{110}};
  auto over = firing("Over");
  over.state = alert_state::resolved;
  over.resolved_at = timestamp{std::chrono::seconds{120}};
  const notification x{{a, over}};
  const timestamp now{std::chrono::seconds{130}};
  const auto am = json::parse(alertmanager_body(x, now, 240s));
  CAF_REQUIRE_EQUAL(am.size(), 3u);
  CAF_CHECK_EQUAL(am[0]["labels"].dump(),
                  R"({"provider":"x","alertname":"A","severity":"critical",)"
                  R"("source":"closedpaw"})");
  CAF_CHECK_EQUAL(am[0]["startsAt"], json("1970-01-01T00:01:50.000000Z"));
  CAF_CHECK_EQUAL(am[0]["endsAt"], json("1970-01-01T00:06:10.000000Z"));
  CAF_CHECK_EQUAL(am[0]["annotations"]["description"], json(a.cause));
  CAF_CHECK_EQUAL(am[1]["endsAt"], json("1970-01-01T00:02:00.000000Z"));
  CAF_CHECK_EQUAL(am[2]["labels"]["alertname"], json("Watchdog"));
  // An Alertmanager refuses what ends before it began.
  const timestamp earlier{std::chrono::seconds{-1'000}};
  const auto back = json::parse(alertmanager_body(x, earlier, 240s));
  CAF_CHECK_EQUAL(back[0]["startsAt"], back[0]["endsAt"]);
  const auto hook = json::parse(webhook_body(x, "me", now));
  CAF_CHECK_EQUAL(hook["status"], json("firing"));
  CAF_CHECK_EQUAL(hook["alerts"].size(), 2u);
  CAF_CHECK_EQUAL(hook["alerts"][0]["cause"], json(a.cause));
  // Hostile text stays within its own line, and is no mark-up.
  const auto text = plain_text(x);
  CAF_CHECK_EQUAL(text,
                  "[CRITICAL] A: A is wrong\n  it <said>\\u{000A}[CRITICAL] B: "
                  "no & \\u{001B}[31m\n[RESOLVED] Over: Over is wrong");
  const auto slack = json::parse(slack_body(x))["text"].get<std::string>();
  CAF_CHECK(contains(slack, "it &lt;said&gt;"));
  CAF_CHECK(contains(slack, "no &amp; "));
}

CAF_TEST(what is held back is told later or not at all) {
  box b;
  auto held = firing("A");
  held.held_back = true;
  CAF_CHECK_EQUAL(b.after(0s, {held}), "nothing");
  CAF_CHECK_EQUAL(b.after(3s, {held}), "nothing");
  CAF_CHECK_EQUAL(b.after(2s, {firing("A")}), "nothing");
  CAF_CHECK_EQUAL(b.after(1s, {firing("A")}), "A firing ");
  // A graver one came to light meanwhile.
  box other;
  CAF_CHECK_EQUAL(other.after(0s, {held}), "nothing");
  held.held_back = false;
  held.inhibited_by = "B";
  CAF_CHECK_EQUAL(other.after(5s, {held, firing("B")}), "nothing");
  CAF_CHECK_EQUAL(other.after(1s, {held, firing("B")}), "B firing ");
}

CAF_TEST(what an Alertmanager was told of stays as long as it fires) {
  box b{"alertmanager"};
  CAF_CHECK_EQUAL(b.after(0s, {firing("A")}), "A firing ");
  auto silenced = firing("A");
  silenced.silenced_by = "s1";
  CAF_CHECK_EQUAL(b.after(60s, {silenced}), "A firing ");
  box other{"alertmanager"};
  CAF_CHECK_EQUAL(other.after(0s, {silenced}), "");
}

CAF_TEST(an Alertmanager hears nothing while alerts are not evaluated) {
  box b{"alertmanager"};
  CAF_CHECK_EQUAL(b.after(0s, {firing("A")}), "A firing ");
  b.now += 1h;
  CAF_CHECK(!b.mail.next(b.now, false));
  CAF_CHECK(b.mail.next(b.now, true));
}

}  // namespace alert_mailing_tests
