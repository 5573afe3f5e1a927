#pragma once

#include <caf/all.hpp>

#include "messages/caf_seam.hpp"
#include "messages/inspect.hpp"
#include "messages/payload.hpp"
#include "messages/requests.hpp"

namespace closedpaw {

/// Names in messages for types with commas or nested templates.
using commit_unit_payload = payload<commit_unit>;
/// What one sender has for the log at a time, and the answers in its order.
using commit_batch = std::vector<commit_unit_payload>;
using commit_answers = std::vector<commit_answer>;
using action_payload = payload<action>;
using action_list_payload = payload<action_list>;
using audit_query_payload = payload<audit_query>;
using audit_page_payload = payload<audit_page>;
using restored_state_payload = payload<restored_state>;
using chat_request_payload = payload<chat_request>;
using chat_reply_payload = payload<chat_reply>;
using secret_payload = payload<secret_text>;
using seal_payload = payload<seal_secret>;
using prove_owner_payload = payload<ask<prove_owner>>;
using ask_submit = payload<ask<submit_action>>;
using ask_chat = payload<ask<run_chat>>;
using ask_switch = payload<ask<switch_model>>;
using ask_decide = payload<ask<decide_action>>;
using ask_cancel = payload<ask<cancel_action>>;
using ask_skill = payload<ask<set_skill_enabled>>;
using ask_default_provider = payload<ask<set_default_provider>>;
using ask_register_provider = payload<ask<register_provider>>;
using ask_remove_provider = payload<ask<remove_provider>>;
using ask_register_channel = payload<ask<register_channel>>;
using ask_remove_channel = payload<ask<remove_channel>>;
using ask_switch_channels = payload<ask<switch_channels>>;
using ask_bind_user = payload<ask<bind_channel_user>>;
using ask_confirm_pairing = payload<ask<confirm_pairing>>;
using ask_begin_pairing = payload<ask<begin_pairing>>;
using ask_send_to_channel = payload<ask<send_to_channel>>;
using ask_post_to_channel = payload<ask<post_to_channel>>;
using conversation_payload = payload<conversation_page>;
using ask_create_agent = payload<ask<create_agent>>;
using ask_execute = payload<ask<execute_in_agent>>;
using ask_stop_agent = payload<ask<stop_agent>>;
using ask_pause_agent = payload<ask<pause_agent>>;
using ask_isolation = payload<ask<check_isolation>>;
using ask_silence = payload<ask<silence_alerts>>;
using ask_end_silence = payload<ask<end_silence>>;
using ask_mode = payload<ask<change_mode>>;
using ask_vault = payload<ask<use_vault>>;
using ask_token = payload<ask<manage_token>>;
using run_skill_payload = payload<run_skill>;
using skill_outcome_payload = payload<skill_outcome>;
using audit_proof_payload = payload<audit_proof>;
using call_api_payload = payload<call_api>;
using api_answer_payload = payload<api_answer>;

}  // namespace closedpaw

CAF_BEGIN_TYPE_ID_BLOCK(closedpaw, first_custom_type_id)

CAF_ADD_TYPE_ID(closedpaw, (closedpaw::failure))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::commit_batch))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::commit_answers))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::action_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::action_list_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::audit_query_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::audit_page_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::restored_state_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::chat_request_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::chat_reply_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_submit))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_chat))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_switch))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_decide))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_cancel))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_skill))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_default_provider))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_register_provider))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_remove_provider))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_register_channel))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_remove_channel))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_switch_channels))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_bind_user))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_confirm_pairing))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_begin_pairing))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_send_to_channel))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_post_to_channel))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::read_conversation))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::conversation_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_create_agent))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_execute))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_stop_agent))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_pause_agent))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_isolation))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_silence))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_end_silence))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_mode))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_vault))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::ask_token))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::run_skill_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::skill_outcome_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::read_proof))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::verify_log))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::audit_proof_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::call_api_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::api_answer_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::await_action))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::secret_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::seal_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::prove_owner_payload))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::unseal_secret))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::cancel_action))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::get_action))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::list_actions))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::submitted))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::skill_view))
CAF_ADD_TYPE_ID(closedpaw, (closedpaw::fault_kind))

// Asks for a real exchange with the counterpart; see self_checking.
CAF_ADD_ATOM(closedpaw, closedpaw, check_atom, "check")
// Answered once everything sent before it is committed.
CAF_ADD_ATOM(closedpaw, closedpaw, barrier_atom, "barrier")
// The audit logger's message to itself: commit what queued up.
CAF_ADD_ATOM(closedpaw, closedpaw, commit_atom, "commit")
// Time to look at deadlines, probes, outboxes.
CAF_ADD_ATOM(closedpaw, closedpaw, sweep_atom, "sweep")
// Read what the orchestrator needs to start.
CAF_ADD_ATOM(closedpaw, closedpaw, restore_atom, "restore")
// A setting to take over.
CAF_ADD_ATOM(closedpaw, closedpaw, apply_atom, "apply")
// Supervisor: start, hung, stop; see supervision/supervisor.hpp.
CAF_ADD_ATOM(closedpaw, closedpaw, start_atom, "start")
CAF_ADD_ATOM(closedpaw, closedpaw, hung_atom, "hung")
CAF_ADD_ATOM(closedpaw, closedpaw, stop_atom, "stop")
// A wait is over, or took too long.
CAF_ADD_ATOM(closedpaw, closedpaw, wake_atom, "wake")
CAF_ADD_ATOM(closedpaw, closedpaw, expire_atom, "expire")
// Fault injection: intercepted by observed_actor before any handler.
CAF_ADD_ATOM(closedpaw, closedpaw, fault_atom, "fault")

CAF_END_TYPE_ID_BLOCK(closedpaw)
