#include "actors/monitoring/metrics/family.hpp"

#include <prometheus/text_serializer.h>

namespace closedpaw::monitoring {

family::family(std::string name, std::string help,
               prometheus::MetricType type) {
  made_.name = std::move(name);
  made_.help = std::move(help);
  made_.type = type;
}

void family::add(label_list labels, double value) {
  auto& one = made_.metric.emplace_back();
  one.label.reserve(labels.size());
  for (const auto& [name, text] : labels)
    one.label.push_back({name, std::string{text}});
  one.counter.value = value;
  one.gauge.value = value;
}

void family::to(families& out) && {
  if (!made_.metric.empty())
    out.push_back(std::move(made_));
}

std::string exposition(const families& x) {
  return prometheus::TextSerializer{}.Serialize(x);
}

}  // namespace closedpaw::monitoring
