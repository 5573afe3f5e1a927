#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "messages/model/alert.hpp"

namespace closedpaw::monitoring::alerts {

/// One series of that moment. Its labels are read where they are: most of what
/// is looked at concerns nobody.
struct series {
  const prometheus::ClientMetric* metric;
  double value = 0;
  /// The label "le" of a histogram's bucket.
  std::string le{};

  /// Only those of the names; absent ones stay so.
  alert_labels kept(const std::vector<std::string>& names) const;
  /// The same for each look at the same series, and for no other of the name.
  std::string key() const;
};

/// The metrics of one moment, by name. What it was made from must outlive it.
class samples {
 public:
  explicit samples(const std::vector<prometheus::MetricFamily>& from);

  /// The series that meet all conditions. Of a histogram X there are X_count,
  /// X_sum and X_bucket, as in the text format.
  std::vector<series> select(const metric_selector& what) const;

 private:
  std::unordered_map<std::string_view, const prometheus::MetricFamily*>
      by_name_;
};

/// An absent label has the value "", as in Prometheus.
bool meets(const alert_labels& labels,
           const std::vector<label_condition>& conditions);

/// Only those of the names; absent ones stay so.
alert_labels kept(const alert_labels& labels,
                  const std::vector<std::string>& names);

}  // namespace closedpaw::monitoring::alerts
