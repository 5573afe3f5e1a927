#include "actors/storage/log_verifier.hpp"

#include "actors/storage/proofs_shown.hpp"

namespace closedpaw::storage {

namespace {

struct log_verifier_state {
  static constexpr const char* name = "log_verifier";
  using self_pointer =
      supervision::self_ptr<log_verifier_actor, log_verifier_state>;

  explicit log_verifier_state(self_pointer) {}
};

}  // namespace

log_verifier_actor spawn_log_verifier(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, const store* where,
                                      std::function<bool()> stopping) {
  return supervision::spawn_worker<log_verifier_actor, log_verifier_state>(
      parent, std::move(life), detached,
      [where, stopping = std::move(stopping)](log_verifier_state::self_pointer)
          -> log_verifier_actor::behavior_type {
        return {
            // The whole log would take too long: its last part, as at start.
            [=](check_atom) -> caf::result<std::string> {
              const auto head = where->check_newest();
              if (!head)
                return to_error(head.error());
              return "recomputed the newest of " + std::to_string(*head) +
                     " events";
            },
            [=](const verify_log&) -> caf::result<audit_proof_payload> {
              const auto found = verify(where->access(), stopping);
              if (!found)
                return to_error(found.error());
              return audit_proof_payload{
                  audit_proof{json_text{to_json(*found)}}};
            },
        };
      });
}

}  // namespace closedpaw::storage
