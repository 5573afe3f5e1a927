#pragma once

#include <string>
#include <string_view>

#include "actors/providers/codec/wire.hpp"
#include "messages/model/error.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::providers::codec {

/// What a vendor says is wrong: `error`, `error.message` or `message` of a JSON
/// body, else a plain text body. Cleaned and bounded; may be empty.
std::string vendor_message(const http_reply& reply);

/// A reply that is no success, as a failure: upstream_refused for 401 and 403
/// (credentials), else upstream_failed. Carries `upstream_status`, the vendor's
/// message and its Retry-After (seconds).
failure status_failure(std::string_view vendor, const http_reply& reply);

/// A 2xx reply that is not the protocol: names what is missing and what came.
failure malformed(std::string_view vendor, const http_reply& reply,
                  std::string_view what);

/// The JSON object in a 2xx reply, or the failure that tells why there is none.
result<json> success_object(std::string_view vendor, const http_reply& reply);

}  // namespace closedpaw::providers::codec
