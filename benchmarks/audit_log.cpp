// What the audit log costs as it grows: appending, a page, a proof and its
// check. audit_log [--most N]: ten times as many events at each step, from
// 1,000 on; a line of JSON for each.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <vector>

#include "actors/audit/proofs.hpp"
#include "actors/storage/store/proof_reader.hpp"
#include "actors/storage/store/store.hpp"
#include "benchmarks/scratch.hpp"

namespace {

using namespace closedpaw;

constexpr std::size_t batch = 100;
constexpr std::size_t samples = 1'001;

audit_event event_of(std::uint64_t n) {
  audit_event out;
  out.time = timestamp{std::chrono::microseconds{n}};
  out.actor = "orchestrator";
  out.user = {"local", "uid:1000"};
  out.action_type = n % 3 == 0 ? "chat" : "model_switch";
  out.status = "completed";
  out.outcome = "success";
  out.details = json_text{json{{"model", "llama3.2:3b"}, {"n", n}}};
  return out;
}

double fill(storage::store& s, std::uint64_t from, std::uint64_t to) {
  const auto begun = std::chrono::steady_clock::now();
  for (auto n = from; n < to; n += batch) {
    std::vector<commit_unit> units(std::min<std::uint64_t>(batch, to - n));
    for (std::size_t i = 0; i < units.size(); ++i)
      units[i].events.push_back(event_of(n + i));
    for (const auto& x : s.writer().commit(units))
      if (!x)
        throw std::runtime_error{x.error().message};
  }
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - begun;
  return static_cast<double>(to - from) / took.count();
}

/// Microseconds, the median of calls with the numbers 0, 1, ….
template <class Do>
double median_us(const Do& act) {
  std::vector<double> all;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    act(i);
    const std::chrono::duration<double, std::micro> took =
        std::chrono::steady_clock::now() - begun;
    all.push_back(took.count());
  }
  const auto middle = all.begin() + std::ssize(all) / 2;
  std::nth_element(all.begin(), middle, all.end());
  return *middle;
}

void check(bool ok, const char* what) {
  if (!ok)
    throw std::runtime_error{what};
}

void show(const storage::store& s, std::uint64_t size, double per_second) {
  const auto at = [size](std::size_t i) { return i * 7'919 % size; };
  const auto page = [&](audit_query query) {
    query.limit = 100;
    return median_us([&](std::size_t i) {
      query.before = size - at(i) % (size / 2);
      check(s.query(query)->events.size() == 100, "a page is not full");
    });
  };
  audit_query all;
  audit_query chats;
  chats.action_type = "chat";
  std::size_t hashes = 0;
  const auto prove = median_us([&](std::size_t i) {
    hashes = std::max(
        hashes, prove_inclusion(s.access(), at(i), size).value().path.size());
  });
  const auto proof = prove_inclusion(s.access(), at(5), size).value();
  const auto verify = median_us([&](std::size_t) {
    check(audit::root_from_inclusion(audit::leaf_hash(proof.event),
                                     proof.sequence, size,
                                     proof.path) == proof.root,
          "a proof is wrong");
  });
  std::cout << dump(json{{"events", size},
                         {"per_second", per_second},
                         {"page_us", page(all)},
                         {"filtered_us", page(chats)},
                         {"proof_us", prove},
                         {"check_us", verify},
                         {"hashes", hashes}})
            << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"What the audit log costs as it grows"};
  std::uint64_t most = 1'000'000;
  app.add_option("--most", most, "Events at the last step");
  CLI11_PARSE(app, argc, argv);
  const benchmarks::scratch where;
  storage::store_options options;
  options.data_dir = where.path() / "data";
  options.mode = storage::durability::async;
  const auto s = storage::store::open(options).value();
  std::uint64_t size = 0;
  for (std::uint64_t next = 1'000; next <= most; next *= 10) {
    const auto per_second = fill(*s, size, next);
    size = next;
    show(*s, size, per_second);
  }
  return 0;
}
