#pragma once

#include "actors/wiring/runtime.hpp"

namespace closedpaw::wiring {

/// A worker whose handle is found in a slot.
template <class Handle, class Spawn>
supervision::child_spec worker(const runtime& r, std::string id,
                               supervision::slot_ptr<Handle> where,
                               Spawn spawn) {
  auto spec = child_defaults(r);
  spec.id = std::move(id);
  spec.where = where;
  spec.start = [where, spawn](caf::scheduled_actor* parent,
                              supervision::incarnation life) {
    Handle handle = spawn(parent, std::move(life));
    where->set(handle);
    return caf::actor_cast<caf::actor>(handle);
  };
  return spec;
}

}  // namespace closedpaw::wiring
