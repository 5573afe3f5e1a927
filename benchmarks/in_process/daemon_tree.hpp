#pragma once

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "actors/wiring/actor_system.hpp"
#include "actors/wiring/runtime.hpp"
#include "actors/wiring/settings_keeper.hpp"
#include "benchmarks/scratch.hpp"

namespace closedpaw::benchmarks {

/// The daemon's own actors without HTTP, from its construction to its
/// destruction; one provider, whose list of models holds `model` and is never
/// asked for. Used by the thread that made it.
class daemon_tree {
 public:
  static constexpr const char* model = "llama3.2:3b";

  explicit daemon_tree(config::durability mode);
  ~daemon_tree();
  daemon_tree(const daemon_tree&) = delete;
  daemon_tree& operator=(const daemon_tree&) = delete;

  caf::actor_system& system() { return *system_; }
  wiring::runtime& parts() { return *runtime_; }
  const std::filesystem::path& folder() const { return folder_.path(); }

  /// Actions in one transaction, on average until now.
  double actions_per_commit();

  /// Ends the actors, so that the store is at rest; again does nothing.
  void stop();

 private:
  void open_store(config::durability mode);
  void publish_provider();
  void start();

  scratch folder_;
  wiring::service_manager nobody_{{}, {}};
  std::unique_ptr<wiring::runtime> runtime_;
  std::unique_ptr<wiring::settings_keeper> configured_;
  std::unique_ptr<scheduling::crew> crew_;
  std::unique_ptr<wiring::actor_system_config> config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::actor root_;
};

/// Of a result that a benchmark cannot do without.
template <class T>
T must(result<T> x) {
  if (!x)
    throw std::runtime_error{x.error().message};
  return std::move(*x);
}

inline void must(const result<void>& x) {
  if (!x)
    throw std::runtime_error{x.error().message};
}

}  // namespace closedpaw::benchmarks
