#define CAF_SUITE shipper

#include "actors/monitoring/shipper.hpp"

#include <set>

#include "tests/actor/page_reader.hpp"

namespace shipper_tests {

using namespace closedpaw;
using namespace closedpaw::test;
using outcome_of = monitoring::shipping::shipment_outcome;

/// A log of numbered events, and a target that answers when it is told to.
struct sut_fixture : fixture {
  sut_fixture() {
    life_of(reader_place,
            spawn_page_reader(
                *this, [this](const audit_query& q) { return page_of(q); }));
    life_of(log_place, logger.spawn(*this));
  }
  ~sut_fixture() override { end(); }

  template <class Place, class Handle>
  static void life_of(Place& p, Handle x) {
    p.begin();
    p.slot->set(x);
  }

  caf::result<audit_page_payload> page_of(const audit_query& q) const {
    if (unreadable)
      return to_error({errc::storage_failed, "the disk is gone", {}, {}});
    audit_page page;
    for (auto n = q.after ? *q.after + 1 : 0;
         n < size && page.events.size() < q.limit; ++n) {
      page.last_examined = n;
      if (damaged.contains(n)) {
        CAF_REQUIRE(q.skip_unreadable);
        page.unreadable.push_back(n);
        continue;
      }
      stored_event e;
      e.sequence = n;
      page.events.push_back(std::move(e));
    }
    return audit_page_payload{std::move(page)};
  }

  void start() {
    monitoring::shipper_args args;
    args.reader = reader_place.slot;
    args.logger = log_place.slot;
    args.connect = [this]() -> monitoring::shipping::carrier {
      return [this](const std::vector<stored_event>& events,
                    monitoring::shipping::when_shipped done) {
        shipments.emplace_back();
        for (const auto& e : events)
          shipments.back().push_back(e.sequence);
        answers.push_back(std::move(done));
        return http::cancel_handle{};
      };
    };
    args.stored = [this]() -> result<std::optional<json>> { return row; };
    args.log_size = &size;
    args.view = &view;
    args.chance = [] { return 0.0; };
    args.now = test_now;
    sut = keep(monitoring::spawn_shipper(host(), own.begin(), args));
    settle();
  }

  void answer(outcome_of x = {}) {
    CAF_REQUIRE(!answers.empty());
    auto done = std::move(answers.front());
    answers.erase(answers.begin());
    done(std::move(x));
    settle();
  }

  static outcome_of failed(std::string why) {
    return {outcome_of::kind::failed, std::move(why)};
  }
  static outcome_of unfit() {
    return {outcome_of::kind::unfit, "it answered with status 400"};
  }

  std::atomic<std::uint64_t> size{3};
  bool unreadable = false;
  std::set<std::uint64_t> damaged;
  std::optional<json> row;
  live_state live;
  static shipper_view named() {
    shipper_view out;
    out.name = "s";
    out.target = "t";
    return out;
  }
  published<shipper_view> view{live.gen, named()};
  logger_mock logger;
  place<audit_logger_actor> log_place =
      make_place<audit_logger_actor>("the audit log");
  place<store_reader_actor> reader_place =
      make_place<store_reader_actor>("the store reader");
  place<shipper_actor> own = make_place<shipper_actor>("shipper");
  std::vector<std::vector<std::uint64_t>> shipments;
  std::vector<monitoring::shipping::when_shipped> answers;
  shipper_actor sut;
};

using numbers = std::vector<std::uint64_t>;

}  // namespace shipper_tests

CAF_TEST_FIXTURE_SCOPE(shipper_tests, sut_fixture)

CAF_TEST(everything is shipped in order and then what comes) {
  start();
  CAF_REQUIRE_EQUAL(shipments.size(), 1U);
  CAF_CHECK_EQUAL(shipments[0], (numbers{0, 1, 2}));
  answer();
  CAF_CHECK_EQUAL(view.get()->next, 3U);
  CAF_CHECK_EQUAL(view.get()->shipped, 3U);
  // Nothing to do is nothing done.
  advance(milliseconds{1000});
  CAF_CHECK_EQUAL(shipments.size(), 1U);
  size = 5;
  advance(milliseconds{200});
  CAF_REQUIRE_EQUAL(shipments.size(), 2U);
  CAF_CHECK_EQUAL(shipments[1], (numbers{3, 4}));
}

CAF_TEST(one shipment is under way at a time) {
  start();
  size = 9;
  advance(milliseconds{2000});
  CAF_CHECK_EQUAL(shipments.size(), 1U);
  answer();
  // What waited goes on at once.
  CAF_REQUIRE_EQUAL(shipments.size(), 2U);
  CAF_CHECK_EQUAL(shipments[1].front(), 3U);
}

CAF_TEST(where it is comes to the store behind the delivery) {
  start();
  advance(milliseconds{3000});
  CAF_CHECK(logger.units.empty());
  answer();
  advance(milliseconds{1200});
  CAF_REQUIRE_EQUAL(logger.units.size(), 1U);
  CAF_CHECK(logger.last().bookkeeping);
  CAF_CHECK(logger.last().events.empty());
  CAF_REQUIRE_EQUAL(logger.last().registry.size(), 1U);
  CAF_CHECK_EQUAL(logger.last().registry[0].key, "shipping/s");
  CAF_CHECK(logger.last().registry[0].value == json({{"next", 3}}));
  // Not again for nothing.
  advance(milliseconds{5000});
  CAF_CHECK_EQUAL(logger.units.size(), 1U);
}

CAF_TEST(a cursor that could not be stored is stored later) {
  logger.refuse = failure{errc::storage_full, "full", {}, {}};
  start();
  answer();
  advance(milliseconds{1200});
  logger.refuse.reset();
  const auto tried = logger.units.size();
  advance(milliseconds{1200});
  CAF_CHECK(logger.units.size() > tried);
  CAF_CHECK(logger.last().registry[0].value == json({{"next", 3}}));
}

CAF_TEST(a later life goes on where the store says) {
  row = json{{"next", 2}};
  start();
  CAF_REQUIRE_EQUAL(shipments.size(), 1U);
  CAF_CHECK_EQUAL(shipments[0], (numbers{2}));
}

CAF_TEST(a cursor ahead of a restored log begins anew) {
  row = json{{"next", 99}};
  start();
  CAF_REQUIRE_EQUAL(shipments.size(), 1U);
  CAF_CHECK_EQUAL(shipments[0], (numbers{0, 1, 2}));
}

CAF_TEST(a target that is out is tried again with all of it) {
  start();
  answer(failed("connection refused"));
  CAF_CHECK_EQUAL(view.get()->trouble, "connection refused");
  CAF_CHECK(view.get()->trouble_since);
  CAF_CHECK_EQUAL(events_behind(*view.get(), size), 3U);
  advance(milliseconds{400});
  CAF_CHECK_EQUAL(shipments.size(), 1U);
  advance(milliseconds{400});
  CAF_REQUIRE_EQUAL(shipments.size(), 2U);
  CAF_CHECK_EQUAL(shipments[1], (numbers{0, 1, 2}));
  answer();
  CAF_CHECK_EQUAL(view.get()->trouble, "");
  CAF_CHECK_EQUAL(view.get()->failed, 1U);
}

CAF_TEST(one event that is refused for good does not hold up the others) {
  size = 4;
  start();
  // Halved until it is one alone: the third of four.
  answer(unfit());
  CAF_CHECK_EQUAL(shipments.back(), (numbers{0, 1}));
  answer();
  CAF_CHECK_EQUAL(shipments.back(), (numbers{2, 3}));
  answer(unfit());
  CAF_CHECK_EQUAL(shipments.back(), (numbers{2}));
  answer(unfit());
  CAF_CHECK_EQUAL(view.get()->dropped, 1U);
  CAF_CHECK_EQUAL(shipments.back(), (numbers{3}));
  answer();
  CAF_CHECK_EQUAL(view.get()->next, 4U);
  CAF_CHECK_EQUAL(view.get()->shipped, 3U);
}

CAF_TEST(a target that refuses everything is left nothing out) {
  size = 1;
  start();
  answer(unfit());
  CAF_CHECK(contains(view.get()->trouble, "is it the right address"));
  CAF_CHECK_EQUAL(view.get()->dropped, 0U);
  CAF_CHECK_EQUAL(view.get()->next, 0U);
  advance(milliseconds{800});
  CAF_CHECK_EQUAL(shipments.size(), 2U);
}

CAF_TEST(a target cannot refuse more than it was sent) {
  start();
  answer({outcome_of::kind::taken, "no", {}, 1'000'000});
  CAF_CHECK_EQUAL(view.get()->dropped, 3U);
  CAF_CHECK_EQUAL(view.get()->shipped, 0U);
}

CAF_TEST(a log that cannot be read is its trouble) {
  unreadable = true;
  start();
  CAF_CHECK(contains(view.get()->trouble, "the disk is gone"));
  unreadable = false;
  advance(milliseconds{1000});
  CAF_REQUIRE_EQUAL(shipments.size(), 1U);
}

CAF_TEST(what cannot be read is left out and counted once it is passed) {
  size = 8;
  damaged = {0, 1, 4, 7};
  start();
  CAF_REQUIRE_EQUAL(shipments.size(), 1U);
  CAF_CHECK_EQUAL(shipments[0], (numbers{2, 3, 5, 6}));
  // Those before it are in nobody's way any more.
  CAF_CHECK_EQUAL(view.get()->next, 2U);
  CAF_CHECK_EQUAL(view.get()->dropped, 2U);
  answer(failed("no"));
  CAF_CHECK_EQUAL(view.get()->dropped, 2U);
  advance(milliseconds{1000});
  answer();
  CAF_CHECK_EQUAL(view.get()->shipped, 4U);
  // Of the rest there is nothing to wait for.
  CAF_CHECK_EQUAL(view.get()->next, 8U);
  CAF_CHECK_EQUAL(view.get()->dropped, 4U);
  CAF_CHECK_EQUAL(shipments.size(), 2U);
}

CAF_TEST(an earlier life has its own answers) {
  start();
  kill(sut);
  start();
  CAF_REQUIRE_EQUAL(answers.size(), 2U);
  answer();
  CAF_CHECK_EQUAL(view.get()->next, 0U);
  answer();
  CAF_CHECK_EQUAL(view.get()->next, 3U);
}

CAF_TEST(its check reads the log) {
  start();
  CAF_CHECK_EQUAL(ask_now<std::string>(*this, sut, check_atom::value)->code(),
                  "ok");
  unreadable = true;
  CAF_CHECK_EQUAL(ask_now<std::string>(*this, sut, check_atom::value)->code(),
                  "storage_failed");
}

CAF_TEST_FIXTURE_SCOPE_END()
