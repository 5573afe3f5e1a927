#include "messages/inspect.hpp"
#include "messages/wire/describe.hpp"

namespace closedpaw::wire {

template <class T>
caf::error carrier<T>::save(caf::serializer& to, T& x) {
  return describe(to, x);
}

template <class T>
caf::error carrier<T>::load(caf::deserializer& from, T& x) {
  return describe(from, x);
}

template struct carrier<action>;
template struct carrier<action_list>;
template struct carrier<action_request>;
template struct carrier<alert_silence>;
template struct carrier<api_answer>;
template struct carrier<audit_event>;
template struct carrier<audit_page>;
template struct carrier<audit_proof>;
template struct carrier<audit_query>;
template struct carrier<await_action>;
template struct carrier<begin_pairing>;
template struct carrier<bind_channel_user>;
template struct carrier<call_api>;
template struct carrier<cancel_action>;
template struct carrier<change_mode>;
template struct carrier<chat_attempt>;
template struct carrier<chat_message>;
template struct carrier<chat_options>;
template struct carrier<chat_reply>;
template struct carrier<chat_request>;
template struct carrier<check_isolation>;
template struct carrier<command_context>;
template struct carrier<commit_answer>;
template struct carrier<commit_receipt>;
template struct carrier<commit_unit>;
template struct carrier<confirm_pairing>;
template struct carrier<content_part>;
template struct carrier<conversation_page>;
template struct carrier<create_agent>;
template struct carrier<decide_action>;
template struct carrier<end_silence>;
template struct carrier<execute_in_agent>;
template struct carrier<failure>;
template struct carrier<get_action>;
template struct carrier<label_condition>;
template struct carrier<list_actions>;
template struct carrier<manage_token>;
template struct carrier<pause_agent>;
template struct carrier<post_to_channel>;
template struct carrier<principal>;
template struct carrier<prove_owner>;
template struct carrier<read_conversation>;
template struct carrier<read_proof>;
template struct carrier<register_channel>;
template struct carrier<register_provider>;
template struct carrier<registry_change>;
template struct carrier<remove_channel>;
template struct carrier<remove_provider>;
template struct carrier<restored_state>;
template struct carrier<run_chat>;
template struct carrier<run_skill>;
template struct carrier<seal_secret>;
template struct carrier<secret_text>;
template struct carrier<send_to_channel>;
template struct carrier<set_default_provider>;
template struct carrier<set_skill_enabled>;
template struct carrier<silence_alerts>;
template struct carrier<skill_outcome>;
template struct carrier<skill_view>;
template struct carrier<stop_agent>;
template struct carrier<stored_event>;
template struct carrier<submit_action>;
template struct carrier<submitted>;
template struct carrier<switch_channels>;
template struct carrier<switch_model>;
template struct carrier<tool_call>;
template struct carrier<tool_definition>;
template struct carrier<tool_use>;
template struct carrier<turn>;
template struct carrier<unseal_secret>;
template struct carrier<use_vault>;
template struct carrier<verify_log>;
template struct carrier<ask<begin_pairing>>;
template struct carrier<ask<bind_channel_user>>;
template struct carrier<ask<cancel_action>>;
template struct carrier<ask<change_mode>>;
template struct carrier<ask<check_isolation>>;
template struct carrier<ask<confirm_pairing>>;
template struct carrier<ask<create_agent>>;
template struct carrier<ask<decide_action>>;
template struct carrier<ask<end_silence>>;
template struct carrier<ask<execute_in_agent>>;
template struct carrier<ask<manage_token>>;
template struct carrier<ask<pause_agent>>;
template struct carrier<ask<post_to_channel>>;
template struct carrier<ask<prove_owner>>;
template struct carrier<ask<register_channel>>;
template struct carrier<ask<register_provider>>;
template struct carrier<ask<remove_channel>>;
template struct carrier<ask<remove_provider>>;
template struct carrier<ask<run_chat>>;
template struct carrier<ask<send_to_channel>>;
template struct carrier<ask<set_default_provider>>;
template struct carrier<ask<set_skill_enabled>>;
template struct carrier<ask<silence_alerts>>;
template struct carrier<ask<stop_agent>>;
template struct carrier<ask<submit_action>>;
template struct carrier<ask<switch_channels>>;
template struct carrier<ask<switch_model>>;
template struct carrier<ask<use_vault>>;

}  // namespace closedpaw::wire
