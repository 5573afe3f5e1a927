#pragma once

#include <string>

#include "actors/monitoring/alerts/mailing.hpp"

namespace closedpaw::monitoring::alerts {

/// The body of POST /api/v2/alerts of an Alertmanager
/// (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml).
/// What fires ends by itself after `valid_for` unless it is sent again.
std::string alertmanager_body(const notification& x, timestamp now,
                              std::chrono::seconds valid_for);

/// {"version": 1, "source": "closedpaw", "receiver", "status": "firing" or
/// "resolved", "sent_at", "alerts": […]}
std::string webhook_body(const notification& x, const std::string& receiver,
                         timestamp now);

/// A Slack message (https://api.slack.com/messaging/webhooks), its text
/// escaped as Slack asks.
std::string slack_body(const notification& x);

/// For people; a line or two for each alert, inert.
std::string plain_text(const notification& x);

}  // namespace closedpaw::monitoring::alerts
