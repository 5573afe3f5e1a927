#include "messages/error.hpp"

namespace closedpaw {

namespace {

const auto category = caf::atom("closedpaw");

failure from_system(const caf::error& e) {
  using std::chrono::milliseconds;
  switch (static_cast<caf::sec>(e.code())) {
    case caf::sec::request_receiver_down:
      return {errc::unavailable,
              "the component stopped before it answered; it is being restarted",
              milliseconds{1000},
              {}};
    case caf::sec::request_timeout:
      return {errc::timeout, "the component did not answer in time", {}, {}};
    default:
      return {errc::internal, caf::to_string(e), {}, {}};
  }
}

}  // namespace

caf::error to_error(failure f) {
  const auto code = static_cast<std::uint8_t>(f.code);
  return caf::error{code, category, caf::make_message(std::move(f))};
}

failure to_failure(const caf::error& e) {
  if (e.category() == category && e.context().match_elements<failure>())
    return e.context().get_as<failure>(0);
  if (e.category() == caf::atom("system"))
    return from_system(e);
  if (e.category() == caf::atom("exit"))
    return {errc::unavailable,
            "the component stopped before it answered: " + caf::to_string(e),
            std::chrono::milliseconds{1000},
            {}};
  return {errc::internal, caf::to_string(e), {}, {}};
}

}  // namespace closedpaw
