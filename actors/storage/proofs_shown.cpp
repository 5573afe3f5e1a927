#include "actors/storage/proofs_shown.hpp"

namespace closedpaw::storage {

namespace {

json hex_list(const std::vector<hash256>& path) {
  auto out = json::array();
  for (const auto& x : path)
    out.push_back(to_hex(x));
  return out;
}

}  // namespace

json to_json(const inclusion_proof& x) {
  return {{"sequence", x.sequence},         {"tree_size", x.tree_size},
          {"leaf_hash", to_hex(x.leaf)},    {"root_hash", to_hex(x.root)},
          {"audit_path", hex_list(x.path)}, {"event", x.event}};
}

json to_json(const consistency_proof& x) {
  return {{"first", x.first},
          {"second", x.second},
          {"first_root_hash", to_hex(x.first_root)},
          {"second_root_hash", to_hex(x.second_root)},
          {"consistency", hex_list(x.path)}};
}

json to_json(const verify_report& x) {
  return {{"verified", true},
          {"events", x.events},
          {"first_kept", x.cut},
          {"actions", x.actions},
          {"open_actions", x.open_actions},
          {"root_hash", x.root},
          {"last_time", to_iso8601(x.last_time)},
          {"event_bytes", x.bytes}};
}

json to_json(const audit::signed_head& x, const audit::verifying_key& key) {
  auto out = audit::to_json(x);
  out["public_key"] = key.pem();
  return out;
}

}  // namespace closedpaw::storage
