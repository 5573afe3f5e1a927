#pragma once

#include <memory>

#include "messages/error.hpp"
#include "messages/exchange.hpp"
#include "messages/type_ids.hpp"

/// Every actor's interface, as the others know it. Failures travel as
/// to_error(failure).
namespace closedpaw {

/// Part of every supervised worker's interface.
using self_checking_actor = caf::typed_actor<
    // Does one real exchange with the counterpart that this kind of actor
    // exists for, and says what it proved. The supervisor calls a child
    // recovered only after this succeeded.
    caf::replies_to<check_atom>::with<std::string>>;

/// The one writer of the store.
using audit_logger_actor = self_checking_actor::extend<
    // Commits the units together with what else queued, each for itself;
    // answers when they are durable as configured.
    caf::replies_to<commit_batch>::with<commit_answers>,
    // Answers with the number of events once all units before are committed.
    caf::replies_to<barrier_atom>::with<std::uint64_t>,
    // To itself: commit the queue in one transaction.
    caf::reacts_to<commit_atom>,
    // To itself: bring "async" commits to the disk.
    caf::reacts_to<sweep_atom>>;

/// Reads history in a thread of its own.
using store_reader_actor = self_checking_actor::extend<
    // errc::not_found for an unknown id.
    caf::replies_to<get_action>::with<action_payload>,
    caf::replies_to<list_actions>::with<action_list_payload>,
    caf::replies_to<audit_query_payload>::with<audit_page_payload>,
    // A part of a channel's conversation.
    caf::replies_to<read_conversation>::with<conversation_payload>,
    // A proof over the audit log, or its signed head.
    caf::replies_to<read_proof>::with<audit_proof_payload>,
    // All actions that are not at their end, and the registry.
    caf::replies_to<restore_atom>::with<restored_state_payload>>;

/// Recomputes the whole log on request, which may take minutes.
using log_verifier_actor = self_checking_actor::extend<
    // storage_failed names the first thing that is wrong.
    caf::replies_to<verify_log>::with<audit_proof_payload>,
    // To itself: it is time to verify.
    caf::reacts_to<wake_atom>,
    // To itself: the next part.
    caf::reacts_to<sweep_atom>>;

/// Signs the log's heads and leaves them elsewhere.
using head_anchor_actor = self_checking_actor::extend<
    // Time to look whether there is a new one.
    caf::reacts_to<sweep_atom>>;

/// Cuts what is too old, or too much, from the log's beginning.
using log_retention_actor = self_checking_actor::extend<
    // Time to look whether something is due.
    caf::reacts_to<sweep_atom>>;

/// The holder of the key-encryption key, and the only one.
using vault_actor = self_checking_actor::extend<
    // The row to store for it.
    caf::replies_to<seal_payload>::with<std::string>,
    // The value, for one use; errc::not_found when none is stored. Each is
    // audited.
    caf::replies_to<unseal_secret>::with<secret_payload>,
    // Says so when it is the owner secret. A wrong one is audited.
    caf::replies_to<prove_owner_payload>::with<std::string>,
    // An operator's commands; JSON. What changes the store is recorded before.
    caf::replies_to<ask_vault>::with<std::string>,
    // Makes or revokes a token; JSON. Recorded before.
    caf::replies_to<ask_token>::with<std::string>>;

/// One model provider.
using provider_actor = self_checking_actor::extend<
    // One chat completion; the reply or what went wrong with the upstream.
    // A failure's extra has "attempts", and "partial" if deltas were shown.
    caf::replies_to<chat_request_payload>::with<chat_reply_payload>,
    // Ends the chat of that action, which then fails with errc::cancelled.
    caf::reacts_to<cancel_action>>;

/// One channel, connected to its service.
using channel_actor = self_checking_actor::extend<
    // Says something in a conversation, unasked; answers once it is recorded
    // and will be said, also after a restart.
    caf::replies_to<ask_send_to_channel>::with<std::string>,
    // Answers once what a local user wrote is recorded, with the message's id.
    caf::replies_to<ask_post_to_channel>::with<std::string>>;

/// The owner of what is configured of channels while running: which there are,
/// and who may talk through them.
using channel_router_actor = self_checking_actor::extend<
    // All answer once it is recorded; with the channel's name.
    caf::replies_to<ask_register_channel>::with<std::string>,
    caf::replies_to<ask_remove_channel>::with<std::string>,
    // With how many it concerned.
    caf::replies_to<ask_switch_channels>::with<std::uint32_t>,
    // With the user's id.
    caf::replies_to<ask_bind_user>::with<std::string>,
    // With "CHANNEL:USER".
    caf::replies_to<ask_confirm_pairing>::with<std::string>,
    // With the code to show to a stranger.
    caf::replies_to<ask_begin_pairing>::with<std::string>,
    // A secret of that channel has changed: it begins anew if it runs.
    caf::reacts_to<apply_atom, std::string>,
    // Looks at what has expired, and at what was not confirmed.
    caf::reacts_to<sweep_atom>>;

/// One sandbox, and what runs in it.
using agent_actor = self_checking_actor::extend<
    // Runs a command in it; answers with how that ended and what it wrote.
    caf::replies_to<ask_execute>::with<skill_outcome_payload>,
    // Both answer once it is so, with the agent's id.
    caf::replies_to<ask_stop_agent>::with<std::string>,
    caf::replies_to<ask_pause_agent>::with<std::string>>;

/// The owner of all agents: it admits them, and has the skills.
using agent_manager_actor = self_checking_actor::extend<
    // Answers once it runs, with its id.
    caf::replies_to<ask_create_agent>::with<std::string>,
    caf::replies_to<ask_execute>::with<skill_outcome_payload>,
    caf::replies_to<ask_stop_agent>::with<std::string>,
    caf::replies_to<ask_pause_agent>::with<std::string>,
    // Runs one request in a sandbox of its own. A failure's extra has
    // "sandbox": how it ended.
    caf::replies_to<run_skill_payload>::with<skill_outcome_payload>,
    // Ends the sandbox of that action, whose request then fails.
    caf::reacts_to<cancel_action>,
    // All agents at once; answers with how many there were.
    caf::replies_to<stop_atom>::with<std::uint32_t>,
    // Tries each kind of isolation again; answers with the one chosen.
    caf::replies_to<ask_isolation>::with<std::string>,
    // An agent runs, or has ended.
    caf::reacts_to<wake_atom>,
    // Looks at what got lost, and at the skills' files.
    caf::reacts_to<sweep_atom>>;

/// What actions ask of the outside.
using api_caller_actor = self_checking_actor::extend<
    // One HTTP request to where the configuration allows; any complete answer
    // is one. errc::forbidden for elsewhere.
    caf::replies_to<call_api_payload>::with<api_answer_payload>,
    // Ends the request of that action, which then fails with errc::cancelled.
    caf::reacts_to<cancel_action>>;

/// The owner of all actions.
using orchestrator_actor = self_checking_actor::extend<
    // Records it, and starts it unless it waits for approval.
    caf::replies_to<ask_submit>::with<submitted>,
    // Records, runs, and answers with the action at its end.
    caf::replies_to<ask_chat>::with<action_payload>,
    caf::replies_to<ask_switch>::with<action_payload>,
    // Approves or rejects; answers once the decision is recorded.
    caf::replies_to<ask_decide>::with<action_payload>,
    // Ends a pending or executing action as failed/cancelled.
    caf::replies_to<ask_cancel>::with<action_payload>,
    // Answers with an action that runs once it ended; errc::conflict for one
    // that waits for approval.
    caf::replies_to<await_action>::with<action_payload>,
    caf::replies_to<ask_skill>::with<skill_view>,
    // Answers with the name of the new default provider.
    caf::replies_to<ask_default_provider>::with<std::string>,
    // Both answer with the provider's name once it is recorded and begins, or
    // ends.
    caf::replies_to<ask_register_provider>::with<std::string>,
    caf::replies_to<ask_remove_provider>::with<std::string>,
    // Answers with the mode's name once it is recorded and holds.
    caf::replies_to<ask_mode>::with<std::string>,
    // The settings were reloaded.
    caf::reacts_to<apply_atom>,
    // To itself: the store may be there by now.
    caf::reacts_to<restore_atom>,
    // To itself: what is to be recorded goes to the logger.
    caf::reacts_to<commit_atom>,
    // Looks at deadlines.
    caf::reacts_to<sweep_atom>>;

/// Turns HTTP exchanges into messages and answers back into HTTP.
using gateway_actor = self_checking_actor::extend<
    // Always answers the exchange's reply slot, whatever happens.
    caf::reacts_to<exchange_batch>,
    // Looks at deadlines.
    caf::reacts_to<sweep_atom>>;

/// Evaluates what is degraded and why, and publishes it.
using health_actor = self_checking_actor::extend<caf::reacts_to<sweep_atom>>;

/// Evaluates the rules of alerts, and keeps the silences.
using alert_watch_actor = self_checking_actor::extend<
    // Both answer with the silence's id once it is recorded.
    caf::replies_to<ask_silence>::with<std::string>,
    caf::replies_to<ask_end_silence>::with<std::string>,
    // To itself: look again.
    caf::reacts_to<sweep_atom>>;

/// Tells receivers of alerts.
using notifier_actor = self_checking_actor::extend<
    // To itself: see whether somebody is to be told.
    caf::reacts_to<sweep_atom>>;

/// Brings the audit log to one target outside.
using shipper_actor = self_checking_actor::extend<
    // To itself: see whether there is something to ship.
    caf::reacts_to<sweep_atom>>;

/// Writes the audit log to clients that export it.
using log_exporter_actor = self_checking_actor::extend<
    // Begins to write to that stream.
    caf::reacts_to<export_stream_ptr>,
    // A stream has room again.
    caf::reacts_to<wake_atom>,
    // To itself: see whether there is more.
    caf::reacts_to<sweep_atom>>;

/// Brings events that were reported outside of an action into the audit log.
using recorder_actor = self_checking_actor::extend<caf::reacts_to<sweep_atom>>;

}  // namespace closedpaw
