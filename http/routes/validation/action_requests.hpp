#pragma once

#include "http/routes/route.hpp"
#include "http/routes/validation/field_errors.hpp"

namespace closedpaw::http {

// From a request to a command, or to the 422 or 400 that says what is wrong.
// Pure.

/// POST /api/actions. An unknown type is 400, as is the original's.
checked<submit_action> check_submit(const request& r);

/// POST /api/chat. An empty model means the default one.
checked<run_chat> check_chat(const request& r);

/// POST /api/chat/stream: the same body.
checked<run_chat> check_chat_stream(const request& r);

/// POST /api/chat/multi?message=&provider=&model=
checked<run_chat> check_multi_chat(const request& r);

/// POST /api/models/switch?model=
checked<switch_model> check_switch(const request& r);

/// POST /api/actions/{id}/approve. A path that is no id is 404, after the body
/// was found right.
checked<decide_action> check_decision(const request& r, std::string_view id);

/// GET /api/actions?status=&limit=&before=
checked<list_actions> check_list(const request& r);

/// POST /api/supervision/fault
checked<inject_fault> check_fault(const request& r);

}  // namespace closedpaw::http
