#pragma once

#include "messages/model/error.hpp"
#include "messages/type_ids.hpp"

namespace closedpaw {

/// A failure as CAF carries it: category "closedpaw", the code, and the whole
/// failure as context, so that nothing is lost between actors.
caf::error to_error(failure f);

/// The way back. CAF's own errors become what they mean to a client:
/// request_receiver_down → unavailable, request_timeout → timeout.
failure to_failure(const caf::error& e);

}  // namespace closedpaw
