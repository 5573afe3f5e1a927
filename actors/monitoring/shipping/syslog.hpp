#pragma once

#include <string>

#include "messages/model/audit_event.hpp"

namespace closedpaw::monitoring::shipping {

/// Who says it, the same in every message.
struct syslog_sender {
  std::string host_name;
  std::string process_id;
  /// RFC 5424, 6.2.1: 13 is "log audit".
  unsigned facility = 13;
  /// A longer message says so in place of the event's details.
  std::size_t max_bytes = 8'192;
};

/// One message of RFC 5424 (section 6), in ASCII: the event's own JSON is the
/// text, its fields are structured data as well. What comes from outside cannot
/// begin another message or reach a terminal.
std::string syslog_message(const syslog_sender& from, const stored_event& e);

}  // namespace closedpaw::monitoring::shipping
