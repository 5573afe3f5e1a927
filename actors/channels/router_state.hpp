#pragma once

#include <deque>
#include <optional>

#include "actors/channels/router.hpp"

namespace closedpaw::channels {

/// One change at a time, so that what is audited as "before" is true. What is
/// in force follows the store: after a change that was not confirmed it is read
/// again.
class router_state {
 public:
  static constexpr const char* name = "channel_router";
  using self_pointer =
      supervision::self_ptr<channel_router_actor, router_state>;

  explicit router_state(self_pointer me) : self_{me} {}
  ~router_state();

  channel_router_actor::behavior_type init(router_args given);

 private:
  using on_refused = std::function<void(failure)>;

  /// What a request leads to, decided when its turn comes.
  struct change {
    commit_unit unit;
    /// Channels that begin anew though their settings stay.
    std::vector<std::string> renewed;
  };
  template <class T>
  struct planned {
    change what;
    T answer;
  };

  struct registration {
    ask<register_channel> asked;
    /// As it will be.
    config::channel_settings wanted;
    /// By the secret's name: what the vault made of it.
    std::map<std::string, std::string> sealed;
  };
  using text_promise = caf::typed_response_promise<std::string>;

  /// In its turn: plans, commits, follows, answers. `plan` gives the change, a
  /// mere answer (nothing to change), or why not.
  template <class T, class Plan>
  caf::result<T> in_turn(Plan plan);
  template <class T, class Plan>
  void run_in_turn(caf::typed_response_promise<T> promise, Plan plan);
  template <class T>
  std::uint64_t wait(caf::typed_response_promise<T> promise);
  void next_turn();
  void commit(change what, const std::function<void()>& done,
              const on_refused& refused);
  result<void> reload();
  void renew(const std::string& which);
  void sweep();

  caf::result<std::string> on_check();
  caf::result<std::string> on_register(const ask<register_channel>& q);
  result<config::channel_settings> registered_form(
      const register_channel& c) const;
  void seal(const std::shared_ptr<registration>& r, text_promise promise);

  // What each leads to (router_plans.cpp).
  result<planned<std::string>> plan_registration(const registration& r);
  result<planned<std::string>> plan_removal(const ask<remove_channel>& q);
  result<planned<std::uint32_t>> plan_switch(const ask<switch_channels>& q);
  result<planned<std::string>> plan_binding(const ask<bind_channel_user>& q);
  result<planned<std::string>> plan_pairing(const ask<begin_pairing>& q);
  result<planned<std::string>> plan_confirmation(const ask<confirm_pairing>& q);

  self_pointer self_;
  router_args args_;
  channel_table table_;
  std::map<std::string, std::uint64_t> revisions_;
  /// The store may have what we do not know of.
  bool unsure_ = false;
  bool busy_ = false;
  std::deque<std::function<void()>> turns_;
  /// Who is told if this actor ends before it answered.
  std::map<std::uint64_t, on_refused> waiting_;
  std::uint64_t next_key_ = 1;
};

}  // namespace closedpaw::channels
