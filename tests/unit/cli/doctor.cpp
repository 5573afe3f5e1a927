#define CAF_SUITE doctor

#include "http/cli/doctor.hpp"

#include "tests/unit_test.hpp"

namespace doctor_tests {

using namespace closedpaw;
using namespace closedpaw::cli;

const timestamp now{std::chrono::hours{24 * 365 * 50}};

/// Nothing is wrong.
doctor_facts healthy() {
  doctor_facts f;
  f.url = "http://127.0.0.1:8000";
  f.data_dir = {"/d", true, 0700, true};
  f.vault_key = {"/d/vault.key", true, 0600, true};
  f.disk_size = std::uint64_t{100} << 30;
  f.disk_free = std::uint64_t{50} << 30;
  f.clock_synchronized = true;
  f.status = {{"version", "1"}, {"degraded_because", json::array()}};
  f.alerts = {{"alerts", json::array()}};
  f.vault = {
      {"state", "unlocked"}, {"source", "file"}, {"secrets", json::array()}};
  f.isolation = {{"chosen", "bubblewrap"}};
  f.providers = {{"ollama", {{"state", "healthy"}}}};
  f.channels = {{"channels", {{"webui", {{"state", "connected"}}}}}};
  return f;
}

std::string worst(const doctor_facts& f) {
  std::string out;
  for (const auto& x : diagnose(f, now))
    if (x.level != finding_level::ok) {
      out += (x.level == finding_level::broken ? "broken " : "warning ") +
             x.about + "; ";
      // Whoever reads it at night is to know what to do.
      const bool told = x.about == "degraded" ||
                        x.about.starts_with("provider") ||
                        x.about.starts_with("channel") || !x.advice.empty();
      CAF_CHECK(told);
    }
  return out;
}

CAF_TEST(nothing is found where nothing is wrong) {
  CAF_CHECK_EQUAL(worst(healthy()), "");
  CAF_CHECK(contains(findings_text(diagnose(healthy(), now)),
                     "ok      sandboxes: are made by bubblewrap"));
}

CAF_TEST(each thing that is wrong is found) {
  const auto with = [](auto change) {
    auto f = healthy();
    change(f);
    return worst(f);
  };
  CAF_CHECK_EQUAL(with([](auto& f) {
                    f.bad_config = failure{errc::bad_request, "x", {}, {}};
                  }),
                  "broken configuration; ");
  CAF_CHECK_EQUAL(with([](auto& f) { f.config_warnings = {"old"}; }),
                  "warning configuration; ");
  CAF_CHECK_EQUAL(with([](auto& f) { f.data_dir.mode = 0750; }),
                  "broken data; ");
  // With a passphrase there is none; without a daemon nobody knows.
  CAF_CHECK_EQUAL(with([](auto& f) { f.vault_key.exists = false; }), "");
  CAF_CHECK(contains(with([](auto& f) {
                       f.vault_key.exists = false;
                       f.vault = f.status = nullptr;
                       f.no_daemon = failure{errc::unreachable, "x", {}, {}};
                     }),
                     "warning vault; "));
  CAF_CHECK_EQUAL(with([](auto& f) { f.vault = nullptr; }), "broken vault; ");
  CAF_CHECK_EQUAL(with([](auto& f) {
                    f.vault = {{"state", "locked"}, {"why", "no passphrase"}};
                  }),
                  "broken vault; ");
  CAF_CHECK_EQUAL(
      with([](auto& f) {
        f.vault = {{"state", "unlocked"},
                   {"secrets",
                    {{{"name", "providers/a/api_key"}, {"readable", false}}}}};
      }),
      "broken vault; ");
  CAF_CHECK_EQUAL(with([](auto& f) { f.vault_key.mode = 0640; }),
                  "broken vault; ");
  CAF_CHECK_EQUAL(with([](auto& f) { f.data_dir.ours = false; }),
                  "warning data; ");
  CAF_CHECK_EQUAL(with([](auto& f) { f.disk_free = 1 << 20; }),
                  "broken disk; ");
  CAF_CHECK_EQUAL(with([](auto& f) { f.disk_free = std::uint64_t{1} << 30; }),
                  "warning disk; ");
  CAF_CHECK_EQUAL(with([](auto& f) { f.clock_synchronized = false; }),
                  "warning clock; ");
  CAF_CHECK_EQUAL(
      with([](auto& f) {
        f.newest_event = {
            {"timestamp", to_iso8601(now + std::chrono::minutes{1})}};
      }),
      "broken clock; ");
  CAF_CHECK_EQUAL(with([](auto& f) {
                    f.not_ready = failure{errc::unavailable, "x", {}, {}};
                  }),
                  "broken readiness; ");
  CAF_CHECK_EQUAL(with([](auto& f) {
                    f.isolation = {{"chosen", ""}, {"runtimes", json::array()}};
                  }),
                  "broken sandboxes; ");
  CAF_CHECK_EQUAL(with([](auto& f) {
                    f.providers["ollama"] = {
                        {"state", "failing"},
                        {"last_error", {{"message", "refused"}}}};
                  }),
                  "broken provider ollama; ");
  CAF_CHECK_EQUAL(
      with([](auto& f) {
        f.channels["channels"]["webui"] = {{"state", "failing"}, {"why", "x"}};
      }),
      "broken channel webui; ");
  CAF_CHECK_EQUAL(
      with([](auto& f) { f.status["degraded_because"] = json::array({"x"}); }),
      "warning degraded; ");
  CAF_CHECK_EQUAL(
      with([](auto& f) {
        f.alerts["alerts"] = json::array(
            {{{"rule", "R"}, {"summary", "s"}, {"runbook", "b"}},
             {{"rule", "Q"}, {"inhibited_by", "R"}, {"runbook", "b"}}});
      }),
      "warning alert R; ");
}

CAF_TEST(without a daemon it says which kind of nothing answers) {
  auto f = healthy();
  f.no_daemon = failure{errc::unreachable, "refused", {}, {}};
  CAF_CHECK_EQUAL(worst(f), "broken port; ");
  CAF_CHECK(contains(findings_text(diagnose(f, now)), "closedpaw serve"));
  f.no_daemon = failure{errc::upstream_malformed, "no JSON", {}, {}};
  CAF_CHECK(contains(findings_text(diagnose(f, now)), "ss -ltnp"));
}

CAF_TEST(what comes from elsewhere is inert) {
  auto f = healthy();
  f.status["degraded_because"] = json::array({"a\x1b[2Jb\nc"});
  const auto text = findings_text(diagnose(f, now));
  CAF_CHECK(!contains(text, "\x1b"));
  CAF_CHECK(!contains(text, "b\nc"));
}

}  // namespace doctor_tests
