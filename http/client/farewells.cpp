#include "http/client/farewells.hpp"

namespace closedpaw::http {

std::shared_ptr<void> farewells::begin() {
  {
    std::lock_guard guard{state_->mutex};
    ++state_->count;
  }
  return {static_cast<void*>(state_.get()), [s = state_](void*) {
            std::lock_guard guard{s->mutex};
            if (--s->count == 0)
              s->over.notify_all();
          }};
}

void farewells::wait(std::chrono::milliseconds at_most) {
  std::unique_lock lock{state_->mutex};
  state_->over.wait_for(lock, at_most, [this] { return state_->count == 0; });
}

}  // namespace closedpaw::http
