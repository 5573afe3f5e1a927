#include "actors/vault/key_record.hpp"

#include "actors/vault/key_file.hpp"
#include "messages/model/hex.hpp"

namespace closedpaw::vault {

namespace {

std::string label_of(const std::string& id) {
  return "data-key/" + id;
}

std::string_view bytes_of(const encryption_key& x) {
  return {reinterpret_cast<const char*>(x.data()), encryption_key::size};
}

result<std::vector<encryption_key>> unwrap_with(const encryption_key& with,
                                                const key_record& from) {
  std::vector<encryption_key> out;
  for (const auto& x : from.data_keys) {
    const auto text =
        vault::open(with, {label_of(x.id), {}, access_level::admin}, x.sealed);
    if (!text)
      return text.error();
    const auto key = key_in(*text, "the vault's data key " + x.id);
    if (!key)
      return key.error();
    out.push_back(*key);
  }
  return out;
}

std::string text_in(const json& x, const char* field) {
  const auto it = x.find(field);
  return it != x.end() && it->is_string() ? it->get<std::string>()
                                          : std::string{};
}

}  // namespace

result<key_record::data_key> wrap(const encryption_key& with,
                                  const encryption_key& x) {
  auto sealed = seal(with, {label_of(x.id()), {}, access_level::admin},
                     secret_text{to_hex(bytes_of(x))});
  if (!sealed)
    return sealed.error();
  return key_record::data_key{x.id(), std::move(*sealed)};
}

result<std::vector<encryption_key>> unwrap(const result<encryption_key>& with,
                                           const key_record& from) {
  return with ? unwrap_with(*with, from)
              : result<std::vector<encryption_key>>{with.error()};
}

json to_json(const key_record& x) {
  auto keys = json::array();
  for (const auto& k : x.data_keys)
    keys.push_back({{"id", k.id}, {"sealed", k.sealed}});
  json out{{"v", 1},
           {"source", to_string(x.source)},
           {"key", x.key_id},
           {"data_keys", std::move(keys)}};
  if (x.scrypt)
    out["scrypt"] = to_json(*x.scrypt);
  return out;
}

std::optional<key_record> key_record_from(const json& x) {
  if (!x.is_object() || x.value("v", json()) != json(1))
    return std::nullopt;
  const auto source = parse_key_source(text_in(x, "source"));
  if (!source || text_in(x, "key").empty())
    return std::nullopt;
  key_record out{*source, text_in(x, "key"), {}, {}};
  if (const auto it = x.find("scrypt"); it != x.end())
    out.scrypt = scrypt_from(*it);
  const auto keys = x.find("data_keys");
  if ((out.source == key_source::passphrase) != out.scrypt.has_value() ||
      keys == x.end() || !keys->is_array() || keys->empty())
    return std::nullopt;
  for (const auto& k : *keys) {
    if (!k.is_object() || text_in(k, "id").empty())
      return std::nullopt;
    out.data_keys.push_back({text_in(k, "id"), text_in(k, "sealed")});
  }
  return out;
}

}  // namespace closedpaw::vault
