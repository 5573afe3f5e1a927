#include "config/assembly.hpp"

#include <algorithm>
#include <set>

#include "config/complaints.hpp"
#include "config/nearest.hpp"
#include "config/registered_provider.hpp"
#include "config/runtime_settings.hpp"
#include "config/set_argument.hpp"

namespace closedpaw::config {

namespace {

std::string wrong_value(const std::string& what, std::string_view expected) {
  return what + "; expected " + std::string{expected};
}

provenance from_source(origin from, std::string_view source) {
  provenance result;
  result.from = from;
  result.source = source;
  return result;
}

}  // namespace

assembly::assembly(const environment& env) : env_{env} {}

void assembly::add_file(const document& doc, const std::string& file) {
  out_.file = file;
  for (const auto& raw : doc.values)
    add_value(raw);
  add_entries("providers", doc.providers, provider_descriptors(),
              out_.values.providers);
  add_entries("channels", doc.channels, channel_descriptors(),
              out_.values.channels);
  add_entries("receivers", doc.receivers, receiver_descriptors(),
              out_.values.receivers);
  if (doc.receivers.empty())
    out_.values.receivers = builtin_receivers();
  add_entries("shippers", doc.shippers, shipper_descriptors(),
              out_.values.shippers);
  if (doc.providers.empty())
    out_.values.providers = builtin_providers();
  if (doc.channels.empty())
    out_.values.channels = builtin_channels();
}

void assembly::add_value(const raw_value& raw) {
  const auto& table = setting_descriptors();
  const auto found =
      std::find_if(table.begin(), table.end(),
                   [&](const auto& d) { return d.key == raw.path; });
  if (found == table.end()) {
    complain_at(raw.key_at, raw.path, unknown_in_file(raw.path));
    return;
  }
  if (auto wrong = found->assign(out_.values, raw.value))
    complain_at(raw.value_at, raw.path, wrong_value(*wrong, found->expected));
  record(raw.path, in_file(raw));
}

template <class Owner>
void assembly::add_entries(const std::string& section,
                           const std::vector<raw_entry>& entries,
                           const std::vector<descriptor<Owner>>& table,
                           std::vector<Owner>& out) {
  std::set<std::string> names;
  for (const auto& entry : entries) {
    Owner one;
    auto label = section + "[" + std::to_string(&entry - entries.data()) + "]";
    const auto name =
        std::find_if(entry.values.begin(), entry.values.end(),
                     [](const auto& raw) { return raw.path == "name"; });
    const bool named = name != entry.values.end() && name->value.is_string() &&
                       !check_name(name->value.template get<std::string>());
    if (named)
      label = section + "." + name->value.template get<std::string>();
    if (named && !names.insert(label).second) {
      complain_at(name->value_at, label + ".name",
                  "there is one of this name already; expected a name of its "
                  "own for each");
      continue;
    }
    add_entry(label, entry, table, one);
    check_required(label, entry, table);
    if (named)
      out.push_back(std::move(one));
  }
}

template <class Owner>
void assembly::add_entry(const std::string& label, const raw_entry& entry,
                         const std::vector<descriptor<Owner>>& table,
                         Owner& out) {
  for (const auto& raw : entry.values) {
    const auto key = label + "." + raw.path;
    const auto found =
        std::find_if(table.begin(), table.end(),
                     [&](const auto& d) { return d.key == raw.path; });
    if (found == table.end()) {
      std::vector<std::string> known;
      for (const auto& d : table)
        known.push_back(label + "." + d.key);
      complain_at(raw.key_at, key, unknown_key(key, known));
      continue;
    }
    if (auto wrong = found->assign(out, raw.value))
      complain_at(raw.value_at, key, wrong_value(*wrong, found->expected));
    record(key, in_file(raw));
  }
}

template <class Owner>
void assembly::check_required(const std::string& label, const raw_entry& entry,
                              const std::vector<descriptor<Owner>>& table) {
  for (const auto& d : table) {
    const bool required = d.key == "name" || d.key == "type";
    const bool given =
        std::any_of(entry.values.begin(), entry.values.end(),
                    [&](const auto& raw) { return raw.path == d.key; });
    if (required && !given)
      complain_at(entry.at, label + "." + d.key,
                  "missing; expected " + d.expected);
  }
}

// One that the file has by now goes before what a request had registered.
void assembly::add_registered(const std::map<std::string, json>& providers) {
  registered_known_ = true;
  for (const auto& [name, text] : providers) {
    auto read = registered_provider(name, text);
    auto& all = out_.values.providers;
    const bool in_file = std::any_of(
        all.begin(), all.end(), [&](const auto& p) { return p.name == name; });
    if (!read || in_file) {
      out_.warnings.push_back("the registered provider " + name +
                              " is left out: " +
                              (in_file ? "the configuration has one of its name"
                                       : read.error().message));
      continue;
    }
    for (const auto& d : provider_descriptors())
      record("providers." + name + "." + d.key,
             from_source(origin::persisted, "store"));
    all.push_back(std::move(*read));
  }
}

void assembly::add_persisted(const std::map<std::string, json>& values) {
  runtime_context context;
  for (const auto& provider : out_.values.providers)
    context.providers.push_back(provider.name);
  for (const auto& [key, value] : values) {
    const auto checked = validate_runtime_change(key, value, context);
    const auto target = find_setting(out_.values, key);
    if (!checked || !target) {
      out_.warnings.push_back("the persisted " + key + " is left out: " +
                              (checked ? "unknown" : checked.error().message));
      continue;
    }
    target->assign(*checked);
    record(key, from_source(origin::persisted, "store"));
  }
}

void assembly::add_set(std::string_view argument) {
  const auto equals = argument.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    complain("--set", std::string{argument},
             "no value; expected section.key=value");
    return;
  }
  assign_text("--set", std::string{argument.substr(0, equals)},
              argument.substr(equals + 1));
}

void assembly::add_option(std::string_view option, std::string_view key,
                          std::string_view text) {
  assign_text(option, std::string{key}, text);
}

void assembly::assign_text(std::string_view source, const std::string& key,
                           std::string_view text) {
  const auto target = find_setting(out_.values, key);
  if (!target) {
    std::vector<std::string> known;
    for (const auto& ref : all_settings(out_.values))
      known.push_back(ref.key);
    complain(source, key, unknown_key(key, known));
    return;
  }
  if (key.ends_with(".name")) {
    complain(source, key, "cannot be changed here; rename it in the file");
    return;
  }
  auto value = parse_set_value(text, target->is_text, target->is_list);
  // A shell's user means the shell's directory; a file has none.
  if (key == "storage.data_dir" && value.is_string() && value != json(""))
    value = absolute_path(value.get<std::string>(), env_)
                .value_or(value.get<std::string>());
  if (auto wrong = target->assign(value))
    complain(source, key, wrong_value(*wrong, target->expected));
  record(key, from_source(origin::command_line, source));
}

provenance assembly::in_file(const raw_value& raw) const {
  auto result = from_source(origin::file, out_.file);
  result.line = raw.key_at.line;
  result.column = raw.key_at.column;
  return result;
}

void assembly::record(const std::string& key, provenance from) {
  out_.origins[key] = std::move(from);
}

void assembly::complain_about(const std::string& key, const std::string& what) {
  const auto& from = out_.origins[key];
  if (from.from == origin::file)
    complain_at({from.line, from.column}, key, what);
  else
    complain(from.source.empty() ? "defaults" : from.source, key, what);
}

void assembly::complain_at(position at, const std::string& key,
                           const std::string& what) {
  complaints_.push_back({at, out_.file + ":" + std::to_string(at.line) + ":" +
                                 std::to_string(at.column) + ": " + key + ": " +
                                 what});
}

void assembly::complain(std::string_view source, const std::string& key,
                        const std::string& what) {
  // After everything that has a place in the file.
  complaints_.push_back(
      {{~0U, ~0U}, std::string{source} + ": " + key + ": " + what});
}

result<loaded_config> assembly::finish() && {
  resolve_data_dir();
  resolve_base_urls();
  resolve_channel_urls();
  check_remote();
  check_receivers();
  check_shippers();
  resolve_default_provider();
  look_at_fallbacks();
  check_order("supervision.backoff_min_ms", "supervision.backoff_max_ms");
  check_order("provider_defaults.circuit_open_min_ms",
              "provider_defaults.circuit_open_max_ms");
  check_order("provider_defaults.probe_interval_ms",
              "provider_defaults.freshness_ms");
  if (!complaints_.empty()) {
    std::stable_sort(complaints_.begin(), complaints_.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    failure all;
    all.code = errc::bad_request;
    for (const auto& x : complaints_)
      all.message += (all.message.empty() ? "" : "\n") + x.text;
    return all;
  }
  for (const auto& ref : all_settings(out_.values)) {
    auto& entry = out_.origins[ref.key];
    entry.value = ref.read();
    entry.reloadable = ref.reloadable;
    entry.secret = ref.secret;
  }
  return std::move(out_);
}

}  // namespace closedpaw::config
