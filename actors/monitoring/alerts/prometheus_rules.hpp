#pragma once

#include <string>
#include <vector>

#include "messages/model/alert.hpp"

namespace closedpaw::monitoring::alerts {

/// The rule as an expression of Prometheus' query language.
std::string to_promql(const alert_rule& x);

/// A file of alerting rules for Prometheus
/// (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/).
std::string prometheus_rules(const std::vector<alert_rule>& rules);

/// The inhibit_rules of an Alertmanager's configuration.
std::string alertmanager_inhibitions(const std::vector<alert_rule>& rules);

}  // namespace closedpaw::monitoring::alerts
