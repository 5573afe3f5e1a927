#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "http/server/exchange.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::http {

/// Every fault of one request, in the form of FastAPI 0.92 with pydantic 1:
/// `{"detail": [{"loc": [...], "msg": ..., "type": ...}]}`.
class field_errors {
 public:
  /// `ctx` holds the numbers of a message, or is null.
  void add(json loc, std::string_view msg, std::string_view type,
           json ctx = nullptr);

  void missing(json loc) {
    add(std::move(loc), "field required", "value_error.missing");
  }
  /// Added unless the value has 1 to `most` bytes.
  void check_bytes(std::string_view value, json loc, std::size_t most) {
    if (value.empty() || value.size() > most)
      add(std::move(loc), "expected 1 to " + std::to_string(most) + " bytes",
          "value_error.any_str");
  }
  void null(json loc) {
    add(std::move(loc), "none is not an allowed value",
        "type_error.none.not_allowed");
  }
  void not_permitted(json loc, const std::vector<std::string>& permitted);

  bool empty() const { return errors_.empty(); }
  /// 422.
  response to_response() const;

 private:
  json errors_ = json::array();
};

/// A checked request, or the answer that says what is wrong with it. Pure.
template <class T>
using checked = boost::system::result<T, response>;

}  // namespace closedpaw::http
