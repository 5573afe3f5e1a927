#define CAF_SUITE log_exporter

#include "actors/storage/log_exporter.hpp"

#include <algorithm>

#include "tests/actor/page_reader.hpp"

namespace log_exporter_tests {

using namespace closedpaw;
using namespace closedpaw::test;

/// A client that reads as fast as it is told to.
class client_mock final : public http::byte_stream {
 public:
  bool push(std::string chunk) override {
    if (left)
      return false;
    text += chunk;
    taken += chunk.size();
    return true;
  }
  void close() override { closed = true; }
  bool gone() const override { return left; }
  bool congested() const override { return taken >= allowed; }
  void watch(std::function<void()> changed) override {
    tell = std::move(changed);
    tell();
  }

  std::size_t lines() const {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
  }

  std::string text;
  std::size_t taken = 0;
  std::size_t allowed = std::size_t{1} << 30;
  bool closed = false;
  bool left = false;
  std::function<void()> tell;
};

struct sut_fixture : fixture {
  sut_fixture() {
    reader_place.begin();
    reader_place.slot->set(spawn_page_reader(
        *this, [this](const audit_query& q) { return page_of(q); }));
    args.reader = reader_place.slot;
    args.log_size = &size;
    args.now = test_now;
    sut = keep(storage::spawn_log_exporter(host(), own.begin(), args));
    settle();
  }
  ~sut_fixture() override { end(); }

  caf::result<audit_page_payload> page_of(const audit_query& q) {
    ++pages;
    if (unreadable)
      return to_error({errc::storage_failed, "the disk is gone", {}, {}});
    audit_page page;
    // As one of an action of which there is nothing.
    if (q.action_id)
      return audit_page_payload{std::move(page)};
    auto n = q.after ? *q.after + 1 : 0;
    for (; n < size && page.events.size() < q.limit; ++n) {
      stored_event e;
      e.sequence = n;
      e.event.details = json_text{json{{"pad", std::string(pad, 'x')}}};
      page.events.push_back(std::move(e));
      page.last_examined = n;
    }
    page.more = n < size;
    return audit_page_payload{std::move(page)};
  }

  std::shared_ptr<client_mock> begin(export_audit what,
                                     std::size_t allowed = 1U << 30) {
    what.query.limit = 10;
    auto to = std::make_shared<client_mock>();
    to->allowed = allowed;
    place_held = std::make_shared<int>(0);
    caf::anon_send(
        sut, std::make_shared<export_stream>(std::move(what), to, place_held));
    settle();
    return to;
  }

  storage::log_exporter_args args;
  std::atomic<std::uint64_t> size{25};
  std::size_t pad = 10;
  bool unreadable = false;
  std::size_t pages = 0;
  std::shared_ptr<void> place_held;
  place<store_reader_actor> reader_place =
      make_place<store_reader_actor>("the store reader");
  place<log_exporter_actor> own = make_place<log_exporter_actor>("exporter");
  log_exporter_actor sut;
};

}  // namespace log_exporter_tests

CAF_TEST_FIXTURE_SCOPE(log_exporter_tests, sut_fixture)

CAF_TEST(all pages are written and then it ends) {
  auto client = begin({});
  CAF_CHECK_EQUAL(client->lines(), 25U);
  CAF_CHECK(client->closed);
  CAF_CHECK_EQUAL(pages, 3U);
  // Its place is free again.
  CAF_CHECK_EQUAL(place_held.use_count(), 1);
}

CAF_TEST(an empty log is an empty export) {
  size = 0;
  auto client = begin({});
  advance(milliseconds{400});
  CAF_CHECK_EQUAL(client->text, "");
  CAF_CHECK(client->closed);
}

CAF_TEST(no more than was asked for) {
  export_audit what;
  what.most = 12;
  auto client = begin(what);
  CAF_CHECK_EQUAL(client->lines(), 12U);
  CAF_CHECK(client->closed);
}

CAF_TEST(who follows gets what is recorded later) {
  export_audit what;
  what.follow = true;
  auto client = begin(what);
  CAF_CHECK_EQUAL(client->lines(), 25U);
  CAF_CHECK(!client->closed);
  const auto before = pages;
  advance(milliseconds{1000});
  // Nothing new is not asked for.
  CAF_CHECK_EQUAL(pages, before);
  size = 27;
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(client->lines(), 27U);
  client->left = true;
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(place_held.use_count(), 1);
}

CAF_TEST(a filter that finds nothing is not asked for again and again) {
  export_audit what;
  what.follow = true;
  what.query.action_id = uuid{};
  auto client = begin(what);
  advance(milliseconds{1000});
  CAF_CHECK_EQUAL(pages, 1U);
  ++size;
  advance(milliseconds{400});
  CAF_CHECK_EQUAL(pages, 2U);
  CAF_CHECK(!client->closed);
}

CAF_TEST(who follows until a time that is past is done) {
  export_audit what;
  what.follow = true;
  what.query.until = test_now() - std::chrono::seconds{1};
  auto client = begin(what);
  CAF_CHECK(client->closed);
  CAF_CHECK_EQUAL(client->lines(), 25U);
}

CAF_TEST(a message that got lost ends its stream) {
  auto to = std::make_shared<client_mock>();
  { export_stream lost{{}, to, nullptr}; }
  CAF_CHECK(to->closed);
  CAF_CHECK(contains(to->text, "unavailable"));
}

CAF_TEST(the streams of an incarnation that hangs end with the next one) {
  export_audit what;
  what.follow = true;
  auto client = begin(what);
  CAF_CHECK(!client->closed);
  const auto other =
      keep(storage::spawn_log_exporter(host(), own.begin(), args));
  settle();
  CAF_CHECK(client->closed);
  const auto last = client->text.rfind("{\"detail\"");
  CAF_REQUIRE(last != std::string::npos);
  CAF_CHECK_EQUAL(client->text[last - 1], '\n');
}

CAF_TEST(a slow reader is waited for) {
  pad = 100'000;
  auto client = begin({}, 200'000);
  const auto written = client->text.size();
  CAF_CHECK(written >= 200'000);
  CAF_CHECK(written <= 400'000);
  const auto before = pages;
  advance(milliseconds{1000});
  CAF_CHECK_EQUAL(client->text.size(), written);
  CAF_CHECK_EQUAL(pages, before);
  client->allowed = std::size_t{1} << 30;
  client->tell();
  settle();
  CAF_CHECK_EQUAL(client->lines(), 25U);
  CAF_CHECK(client->closed);
}

CAF_TEST(what cannot be read is said in the last line) {
  unreadable = true;
  auto client = begin({});
  CAF_CHECK(client->closed);
  CAF_REQUIRE_EQUAL(client->lines(), 1U);
  const auto last = parse_json(client->text);
  CAF_REQUIRE(last.has_value());
  CAF_CHECK_EQUAL(last->value("code", ""), "storage_failed");
}

CAF_TEST(its end is said to who reads) {
  export_audit what;
  what.follow = true;
  auto client = begin(what);
  kill(sut);
  CAF_CHECK(client->closed);
  CAF_CHECK(contains(client->text, "after="));
}

CAF_TEST_FIXTURE_SCOPE_END()
