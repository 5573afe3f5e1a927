#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/settings.hpp"

/// What makes a text acceptable. Each rule returns what is wrong with it, or
/// nothing. Pure; any thread.
namespace closedpaw::config {

using problem = std::optional<std::string>;

/// "HOST:PORT"; localhost is taken as 127.0.0.1.
problem parse_address(std::string_view text, endpoint& out);
/// One whose HOST is loopback: 127.0.0.0/8, [::1] or localhost (which
/// is taken as 127.0.0.1).
problem parse_listen(std::string_view text, endpoint& out);

/// What a Host field may have before its port.
problem check_host_name(std::string_view text);

/// http or https with a host; no credentials, query or fragment.
problem check_base_url(std::string_view text);
problem check_optional_base_url(std::string_view text);

/// scheme://host[:port] exactly as a browser sends it (RFC 6454, 6.2).
problem check_origin(std::string_view text);

/// The name of a kind of isolation, and of a limit of sandboxes that control
/// groups enforce.
problem check_destination(std::string_view text);
problem check_runtime(std::string_view text);
problem check_limit(std::string_view text);

/// 1 to 64 of a-z 0-9 _ -, beginning with a letter or digit: names become
/// parts of keys, paths and metric labels.
problem check_name(std::string_view text);
/// The same of a channel, which may not be called like the channels' owner.
problem check_channel_name(std::string_view text);

/// Visible text of 1 to 256 bytes.
problem check_label(std::string_view text);

/// As check_label, or empty.
problem check_optional_label(std::string_view text);

/// "/…" or "~/…".
problem check_directory(std::string_view text);
problem check_optional_path(std::string_view text);
/// An absolute path that a shell's single quotes can hold.
problem check_program_directory(std::string_view text);

problem check_provider_type(std::string_view text);

problem check_channel_type(std::string_view text);

problem check_receiver_type(std::string_view text);
problem check_shipper_type(std::string_view text);
problem check_shipper_url(std::string_view text);
problem check_severity(std::string_view text);

}  // namespace closedpaw::config
