#pragma once

#include <string>
#include <string_view>

#include "messages/model/error.hpp"
#include "messages/model/http_message.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::providers::codec {

/// What a vendor says is wrong: `error`, `error.message`, `message`, `detail`
/// or the first of a list of them in a JSON body, else a plain text body.
/// Cleaned and bounded; may be empty.
std::string vendor_message(const http_reply& reply);

/// A reply that is no success, as a failure that keeps its meaning:
/// upstream_refused (401, 403, a wrong key), bad_request (400, 413, 422),
/// not_found (404, or Mistral's 400, about a model), too_many_requests (429),
/// timeout (408, 504), else upstream_failed. Carries `upstream_status`, the
/// vendor's message and its Retry-After (seconds). Only a chat's 404 can be
/// about a model.
failure status_failure(std::string_view vendor, const http_reply& reply,
                       bool of_chat = false);

/// A 2xx reply that is not the protocol: names what is missing and what came.
failure malformed(std::string_view vendor, const http_reply& reply,
                  std::string_view what);

/// The same for an entry of a list that lacks a text.
failure malformed_entry(std::string_view vendor, const http_reply& reply,
                        std::string_view list, std::size_t index,
                        std::string_view text);

/// The JSON object in a 2xx reply, or the failure that tells why there is none.
result<json> success_object(std::string_view vendor, const http_reply& reply,
                            bool of_chat = false);

}  // namespace closedpaw::providers::codec
