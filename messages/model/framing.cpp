#include "messages/model/framing.hpp"

namespace closedpaw {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

bool sse_framer::feed(std::string_view bytes, const frame_handler& handle) {
  while (!bytes.empty() && !stopped_) {
    if (after_cr_ && bytes.front() == '\n') {
      bytes.remove_prefix(1);
    }
    after_cr_ = false;
    const auto end = bytes.find_first_of("\r\n");
    const auto part = bytes.substr(0, end);
    if (line_.size() + part.size() > limit_) {
      return false;
    }
    line_ += part;
    if (end == std::string_view::npos) {
      return true;
    }
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    if (!line(line_, handle)) {
      return false;
    }
    line_.clear();
  }
  return true;
}

bool sse_framer::line(std::string_view text, const frame_handler& handle) {
  if (at_start_ && text.starts_with(byte_order_mark)) {
    text.remove_prefix(byte_order_mark.size());
  }
  at_start_ = false;
  if (text.empty()) {
    return dispatch(handle);
  }
  const auto colon = text.find(':');
  if (colon == 0) {
    return true;
  }
  auto value = colon == std::string_view::npos ? std::string_view{}
                                               : text.substr(colon + 1);
  if (value.starts_with(' ')) {
    value.remove_prefix(1);
  }
  return field(text.substr(0, colon), value);
}

// `retry` is left to whoever reconnects.
bool sse_framer::field(std::string_view name, std::string_view value) {
  if (name == "event") {
    event_ = value;
  } else if (name == "data") {
    if (data_.size() + value.size() + 1 > limit_) {
      return false;
    }
    if (has_data_) {
      data_ += '\n';
    }
    data_ += value;
    has_data_ = true;
  } else if (name == "id" && value.find('\0') == std::string_view::npos) {
    id_ = value;
  }
  return true;
}

bool sse_framer::dispatch(const frame_handler& handle) {
  if (has_data_) {
    stopped_ = !handle({event_, data_, id_});
  }
  event_.clear();
  data_.clear();
  has_data_ = false;
  return true;
}

bool line_framer::feed(std::string_view bytes, const frame_handler& handle) {
  while (!bytes.empty() && !stopped_) {
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    if (line_.size() + part.size() > limit_) {
      return false;
    }
    line_ += part;
    if (end == std::string_view::npos) {
      return true;
    }
    bytes.remove_prefix(end + 1);
    if (!is_blank(line_)) {
      stopped_ = !handle({{}, line_});
    }
    line_.clear();
  }
  return true;
}

bool line_framer::end(const frame_handler& handle) {
  if (!stopped_ && !is_blank(line_)) {
    handle({{}, line_});
  }
  line_.clear();
  return true;
}

}  // namespace closedpaw
