#pragma once

#include <string>
#include <utility>
#include <vector>

#include "messages/model/error.hpp"
#include "messages/model/json.hpp"
#include "messages/model/json_text.hpp"
#include "messages/model/uuid.hpp"

namespace closedpaw {

/// An HTTP request that an action asks for.
struct call_api {
  uuid action_id;
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// What came back, as the action's result shows it.
struct api_answer {
  json_text result;
};

/// bad_request when the parameters have a header that is a secret: what an
/// action is asked is recorded for ever.
result<void> refuse_secrets(const json& parameters);

/// The parameters {url, method?, headers?, body?}; a body that is an object or
/// an array is sent as JSON. bad_request names the member that is wrong.
result<call_api> read_api_call(const json& parameters);

}  // namespace closedpaw
