#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/descriptor.hpp"
#include "config/load.hpp"
#include "config/toml_reader.hpp"

namespace closedpaw::config {

/// Lays the sources over one another, in the order of the calls, and collects
/// what is wrong. Used by load() alone.
class assembly {
 public:
  explicit assembly(const environment& env);

  /// To be called first, once: it also decides which entries there are.
  void add_file(const document& doc, const std::string& file);
  void add_registered(const std::map<std::string, json>& providers);
  void add_persisted(const std::map<std::string, json>& values);
  void add_set(std::string_view argument);
  void add_option(std::string_view option, std::string_view key,
                  std::string_view text);

  /// Checks what concerns more than one value.
  result<loaded_config> finish() &&;

 private:
  struct complaint {
    position at;
    std::string text;
  };

  template <class Owner>
  void add_entries(const std::string& section,
                   const std::vector<raw_entry>& entries,
                   const std::vector<descriptor<Owner>>& table,
                   std::vector<Owner>& out);
  template <class Owner>
  void add_entry(const std::string& label, const raw_entry& entry,
                 const std::vector<descriptor<Owner>>& table, Owner& out);
  template <class Owner>
  void check_required(const std::string& label, const raw_entry& entry,
                      const std::vector<descriptor<Owner>>& table);
  void add_value(const raw_value& raw);
  void assign_text(std::string_view source, const std::string& key,
                   std::string_view text);

  void resolve_data_dir();
  void resolve_base_urls();
  void resolve_channel_urls();
  void check_remote();
  void check_receivers();
  void check_shippers();
  void resolve_default_provider();
  void look_at_fallbacks();
  void check_order(const std::string& smaller, const std::string& larger);

  provenance in_file(const raw_value& raw) const;
  void record(const std::string& key, provenance from);
  /// Names the place that set the key last.
  void complain_about(const std::string& key, const std::string& what);
  void complain_at(position at, const std::string& key,
                   const std::string& what);
  void complain(std::string_view source, const std::string& key,
                const std::string& what);

  const environment& env_;
  loaded_config out_;
  std::vector<complaint> complaints_;
  /// Names of providers can be checked.
  bool registered_known_ = false;
};

}  // namespace closedpaw::config
