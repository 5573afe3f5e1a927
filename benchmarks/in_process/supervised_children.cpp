// What many children of one supervisor cost: to start, to keep, and to show.
#include <benchmark/benchmark.h>

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <fstream>
#include <thread>

#include "benchmarks/in_process/daemon_tree.hpp"

namespace closedpaw::benchmarks {

namespace {

using steady = std::chrono::steady_clock;

double anonymous_bytes() {
  std::ifstream in{"/proc/self/status"};
  for (std::string word; in >> word;)
    if (word == "RssAnon:") {
      double kib = 0;
      in >> kib;
      return kib * 1024;
    }
  throw std::runtime_error{"/proc/self/status does not say RssAnon"};
}

struct child_state {
  static constexpr const char* name = "child";
  template <class Self>
  explicit child_state(Self*) {}
};

using child_actor =
    caf::typed_actor<caf::replies_to<check_atom>::with<std::string>>;

supervision::child_spec child(std::size_t number) {
  supervision::child_spec out;
  out.id = "child-" + std::to_string(number);
  out.start = [](caf::scheduled_actor* parent, supervision::incarnation life) {
    using self_ptr = supervision::self_ptr<child_actor, child_state>;
    return caf::actor_cast<caf::actor>(
        supervision::spawn_worker<child_actor, child_state>(
            parent, std::move(life), false,
            [](self_ptr) -> child_actor::behavior_type {
              return {[](check_atom) { return std::string{"it answers"}; }};
            }));
  };
  return out;
}

struct family {
  explicit family(std::size_t children) {
    auto shared = std::make_shared<supervision::supervisor_env>();
    shared->nodes = nodes;
    shared->chance = [] { return 0.5; };
    shared->report = [](const audit_event&) {};
    supervision::supervisor_spec spec;
    for (std::size_t i = 0; i < children; ++i)
      spec.children.push_back(child(i));
    root = supervision::spawn_root(system, spec, shared);
    const auto last = "root/child-" + std::to_string(children - 1);
    while (nodes->find(last) == nullptr ||
           nodes->find(last)->state() != node_state::running)
      std::this_thread::sleep_for(std::chrono::microseconds{50});
  }
  ~family() {
    caf::scoped_actor self{system};
    self->monitor(root);
    self->send_exit(root, caf::exit_reason::user_shutdown);
    self->receive([](const caf::down_msg&) {});
    root = nullptr;
  }
  family(const family&) = delete;
  family& operator=(const family&) = delete;

  boost::asio::io_context io{1};
  scheduling::crew crew{io, wiring::crew_options_of(0, 4)};
  wiring::actor_system_config config{crew};
  caf::actor_system system{config};
  std::shared_ptr<supervision::tree> nodes =
      std::make_shared<supervision::tree>(
          [](const supervision::node_change&) {});
  caf::actor root;
};

void tree_of_children(benchmark::State& state) {
  const auto children = static_cast<std::size_t>(state.range(0));
  // What one costs that nobody has had before is not the children's.
  { const family first{1}; }
  const auto before = anonymous_bytes();
  const auto begin = steady::now();
  const family all{children};
  const std::chrono::duration<double> started = steady::now() - begin;
  const auto grown = anonymous_bytes() - before;
  std::size_t bytes = 0;
  for ([[maybe_unused]] auto _ : state)
    bytes = to_json(all.nodes->snapshot(supervision::steady_ns(), system_now()))
                .str()
                .size();
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) *
                          static_cast<std::int64_t>(state.iterations()));
  state.counters["started_per_second"] =
      static_cast<double>(children) / started.count();
  state.counters["bytes_each"] = grown / static_cast<double>(children);
}

BENCHMARK(tree_of_children)
    ->ArgName("children")
    ->Arg(10)
    ->Arg(100)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Unit(benchmark::kMicrosecond);

}  // namespace

}  // namespace closedpaw::benchmarks
