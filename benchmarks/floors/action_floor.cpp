// The floor for actions over HTTP: Beast, two actors of CAF that the request
// passes, and LMDB, which commits the records that one of our actions leaves,
// all that have come meanwhile in one transaction. Nothing is parsed, checked,
// made or measured.
//
//   action_floor ANSWER STORE DIRECTORY [--sync]
//
// ANSWER as bare_beast has it; STORE is a daemon's data directory at rest with
// actions in it; DIRECTORY is empty. Prints `listening on http://…`.

#include <CLI/CLI.hpp>
#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <iostream>

#include "benchmarks/floors/beast_server.hpp"
#include "benchmarks/floors/caf_as_ours.hpp"
#include "benchmarks/floors/stored_records.hpp"

using ticket = std::shared_ptr<closedpaw::benchmarks::beast_server::session>;

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ticket)

namespace {

using namespace closedpaw::benchmarks;

struct logger_state {
  static constexpr const char* name = "logger";
  std::vector<ticket> waiting;
};

caf::behavior logger(caf::stateful_actor<logger_state>* self,
                     boost::asio::io_context& io, bare_lmdb& store) {
  return {
      [=](ticket& x) {
        auto& waiting = self->state.waiting;
        waiting.push_back(std::move(x));
        // Behind everything that is in the mailbox now.
        if (waiting.size() == 1)
          self->send(self, caf::tick_atom::value);
      },
      [=, &io, &store](caf::tick_atom) {
        auto done = std::exchange(self->state.waiting, {});
        store.commit(done.size());
        boost::asio::post(io, [done = std::move(done)] {
          for (const auto& x : done)
            x->answer();
        });
      },
  };
}

int run(const std::string& answer_file, const std::string& from,
        const std::string& directory, bool synced) {
  auto answer = beast_server::load(answer_file);
  if (!answer) {
    std::cerr << "action_floor: " << answer_file << " is no HTTP response\n";
    return 2;
  }
  const auto records = stored_records::read(from);
  bare_lmdb store{directory, records, synced};
  boost::asio::io_context io{1};
  caf_as_ours config;
  caf::actor_system system{config};
  // What syncs has a thread of its own, as ours has.
  auto log = [&](caf::stateful_actor<logger_state>* self) {
    return logger(self, io, store);
  };
  const auto last =
      synced ? system.spawn<caf::detached>(log) : system.spawn(log);
  const auto first =
      system.spawn([last](caf::event_based_actor* self) -> caf::behavior {
        return {[=](ticket& x) { self->send(last, std::move(x)); }};
      });
  const beast_server server{io, std::move(*answer), [first](ticket x) {
                              caf::anon_send(first, std::move(x));
                            }};
  std::cout << "listening on http://127.0.0.1:" << server.port() << std::endl;
  io.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The floor for actions over HTTP"};
  std::string answer;
  std::string from;
  std::string directory;
  bool synced = false;
  app.add_option("ANSWER", answer)->required();
  app.add_option("STORE", from)->required();
  app.add_option("DIRECTORY", directory)->required();
  app.add_flag("--sync", synced);
  CLI11_PARSE(app, argc, argv);
  return run(answer, from, directory, synced);
}
