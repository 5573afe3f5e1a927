#include "actors/vault/key_ring.hpp"

#include <fstream>

#include "actors/storage/store/data_dir.hpp"
#include "actors/vault/key_file.hpp"

namespace closedpaw::vault {

namespace {

namespace fs = std::filesystem;

constexpr const char* key_credential = "closedpaw.vault-key";
constexpr const char* passphrase_credential = "closedpaw.vault-passphrase";
constexpr std::size_t longest_credential = 4'096;
constexpr const char* then_unlock = ", then: closedpaw vault unlock";

failure no_key(std::string why) {
  return {errc::vault_locked, std::move(why), {}, {}};
}

failure another_key(const std::string& where, const std::string& is,
                    const std::string& should_be) {
  return no_key(where + " holds key " + is + ", and the vault has " +
                should_be + "; put the right one there" + then_unlock);
}

secret_text without_line_end(const secret_text& x) {
  std::string_view text = x.reveal();
  while (text.ends_with('\n') || text.ends_with('\r'))
    text.remove_suffix(1);
  return secret_text{std::string{text}};
}

}  // namespace

key_ring::key_ring(key_places where, wall_clock now)
    : where_{std::move(where)}, now_{std::move(now)}, since_{now_()} {}

// Not what a file is written to before it has its name.
fs::path key_ring::next_file() const {
  return where_.data_dir / "vault.key.next";
}

result<void> key_ring::take_next_file() const {
  std::error_code ec;
  fs::rename(next_file(), file(), ec);
  if (ec)
    return failure{errc::storage_failed,
                   next_file().string() + " cannot become " + file().string() +
                       ": " + ec.message(),
                   {},
                   {}};
  return storage::sync_directory(where_.data_dir);
}

result<key_record> key_ring::create() {
  const auto given = credential(key_credential);
  if (!given)
    return given.error();
  key_record record;
  auto key = result<encryption_key>{failure{}};
  if (*given) {
    record.source = key_source::credential;
    key = key_in(**given, key_credential);
  } else {
    // One that lies there is somebody's who restored it first.
    auto present = read_key_file(file());
    if (!present)
      return present.error();
    key = *present ? result<encryption_key>{**present} : random_key();
    if (key && !*present)
      if (auto written = write_key_file(file(), *key); !written)
        return written.error();
  }
  const auto data = random_key();
  if (!key || !data)
    return key ? data.error() : key.error();
  auto wrapped = wrap(*key, *data);
  if (!wrapped)
    return wrapped.error();
  record.key_id = key->id();
  record.data_keys.push_back(std::move(*wrapped));
  const std::lock_guard guard{mutex_};
  record_ = record;
  put(data_keys{*data});
  return record;
}

void key_ring::open(const key_record& x) {
  auto keys = unwrap(fetch(x), x);
  const bool found = keys.has_value();
  {
    const std::lock_guard guard{mutex_};
    record_ = x;
    put(std::move(keys));
  }
  if (!found)
    return;
  std::error_code ignored;
  for (const char* left : {".next", ".next.new", ".new"})
    fs::remove(file().concat(left), ignored);
  if (x.source != key_source::file)
    fs::remove(file(), ignored);
}

void key_ring::follow(const key_record& x) {
  auto keys = unwrap(fetch(x), x);
  const std::lock_guard guard{mutex_};
  record_ = x;
  if (keys_ && keys)
    put(std::move(keys));
}

void key_ring::put(result<data_keys> x) {
  keys_.reset();
  why_.clear();
  since_ = now_();
  if (x)
    keys_ = std::move(*x);
  else
    why_ = x.error().message;
}

result<encryption_key> key_ring::fetch(const key_record& x) const {
  if (x.source == key_source::file)
    return fetch_from_file(x);
  if (x.source == key_source::credential) {
    const auto given = credential(key_credential);
    if (!given)
      return given.error();
    if (!*given)
      return no_key(std::string{"the vault's key is the credential "} +
                    key_credential +
                    ", and the service manager gave none; see "
                    "LoadCredential= of systemd.exec(5)");
    auto key = key_in(**given, key_credential);
    if (key && key->id() != x.key_id)
      return another_key(key_credential, key->id(), x.key_id);
    return key;
  }
  const auto given = credential(passphrase_credential);
  if (!given)
    return given.error();
  if (!*given)
    return no_key(
        "the vault is locked and waits for its passphrase; say it with: "
        "closedpaw vault unlock");
  auto key = derive_key(without_line_end(**given), *x.scrypt);
  if (key && key->id() != x.key_id)
    return no_key(std::string{"the credential "} + passphrase_credential +
                  " is not the vault's passphrase; say that with: closedpaw "
                  "vault unlock");
  return key;
}

result<encryption_key> key_ring::fetch_from_file(const key_record& x) const {
  const auto key = read_key_file(file());
  if (!key)
    return key.error();
  if (*key && (*key)->id() == x.key_id)
    return **key;
  // Another key was recorded, and its last step was not done.
  const auto next = read_key_file(next_file());
  if (next && *next && (*next)->id() == x.key_id) {
    if (auto done = take_next_file(); !done)
      return done.error();
    return **next;
  }
  if (!*key)
    return no_key(file().string() +
                  " is missing; put it back from where it "
                  "is kept" +
                  then_unlock);
  return another_key(file().string(), (*key)->id(), x.key_id);
}

// The service manager guards the directory; some give its files to a group.
result<std::optional<secret_text>> key_ring::credential(
    const char* name) const {
  if (!where_.credentials)
    return std::optional<secret_text>{};
  const auto path = *where_.credentials / name;
  std::error_code ec;
  if (fs::status(path, ec).type() == fs::file_type::not_found)
    return std::optional<secret_text>{};
  std::ifstream in{path, std::ios::binary};
  std::string text(longest_credential + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  const auto size = static_cast<std::size_t>(in.gcount());
  const secret_text whole{std::move(text)};
  if (!in.eof() || in.bad() || size == 0 || size > longest_credential)
    return failure{errc::storage_failed,
                   "the credential " + path.string() +
                       " cannot be read, is empty, or is longer than 4 KiB",
                   {},
                   {}};
  return std::optional{secret_text{whole.reveal().substr(0, size)}};
}

std::optional<encryption_key> key_ring::newest() const {
  const std::lock_guard guard{mutex_};
  return keys_ ? std::optional{keys_->back()} : std::nullopt;
}

std::optional<encryption_key> key_ring::find(const std::string& id) const {
  const std::lock_guard guard{mutex_};
  if (keys_)
    for (const auto& x : *keys_)
      if (x.id() == id)
        return x;
  return std::nullopt;
}

vault_view key_ring::view() const {
  const std::lock_guard guard{mutex_};
  return {!keys_, record_.source, record_.key_id, since_, why_};
}

failure key_ring::locked() const {
  return no_key(view().why);
}

result<void> key_ring::unlock(const secret_text& passphrase) {
  key_record record;
  std::uint64_t locks = 0;
  {
    const std::lock_guard guard{mutex_};
    record = record_;
    locks = locks_;
  }
  auto key = result<encryption_key>{failure{}};
  if (record.source == key_source::passphrase && !passphrase.empty()) {
    key = derive_key(passphrase, *record.scrypt);
    if (key && key->id() != record.key_id)
      return failure{
          errc::forbidden, "that is not the vault's passphrase", {}, {}};
  } else {
    key = fetch(record);
    if (!key && record.source == key_source::passphrase)
      return failure{errc::bad_request, key.error().message, {}, {}};
  }
  auto keys = unwrap(key, record);
  if (!keys)
    return keys.error();
  const std::lock_guard guard{mutex_};
  if (locks_ != locks || record_.key_id != record.key_id)
    return failure{errc::conflict,
                   "it was locked again, or its key was changed, meanwhile",
                   {},
                   {}};
  if (!keys_)
    put(std::move(keys));
  return {};
}

void key_ring::lock(const std::string& by) {
  const std::lock_guard guard{mutex_};
  ++locks_;
  keys_.reset();
  since_ = now_();
  why_ = "the vault was locked by " + by +
         "; open it with: closedpaw vault unlock";
}

result<encryption_key> key_ring::new_key(key_source to,
                                         const secret_text& passphrase,
                                         key_record& record) const {
  if (to == key_source::file)
    return random_key();
  if (to == key_source::passphrase) {
    if (passphrase.reveal().size() < shortest_passphrase)
      return failure{errc::bad_request,
                     "a passphrase has at least " +
                         std::to_string(shortest_passphrase) + " characters",
                     {},
                     {}};
    auto how = new_parameters();
    if (!how)
      return how.error();
    record.scrypt = std::move(*how);
    return derive_key(passphrase, *record.scrypt);
  }
  const auto given = credential(key_credential);
  if (!given)
    return given.error();
  if (!*given)
    return failure{errc::not_found,
                   std::string{"there is no credential "} + key_credential +
                       "; see LoadCredential= of systemd.exec(5)",
                   {},
                   {}};
  auto key = key_in(**given, key_credential);
  if (key && key->id() == view().key_id)
    return failure{errc::conflict,
                   std::string{"the credential "} + key_credential +
                       " is the key that is in use; rotate --to file, give "
                       "another credential and start anew, then rotate --to "
                       "credential",
                   {},
                   {}};
  return key;
}

result<key_ring::replacement> key_ring::prepare(
    key_source to, const secret_text& passphrase,
    const std::set<std::string>& in_use, bool fresh) {
  replacement out;
  out.fresh = fresh;
  out.record.source = to;
  const auto key = new_key(to, passphrase, out.record);
  const auto data = random_key();
  if (!key || !data)
    return key ? data.error() : key.error();
  out.record.key_id = key->id();
  out.newest = *data;
  data_keys kept;
  if (!fresh) {
    const std::lock_guard guard{mutex_};
    if (!keys_)
      return no_key(why_);
    for (const auto& x : *keys_)
      if (in_use.contains(x.id()) || &x == &keys_->back())
        kept.push_back(x);
  }
  kept.push_back(*data);
  for (const auto& x : kept) {
    auto wrapped = wrap(*key, x);
    if (!wrapped)
      return wrapped.error();
    out.record.data_keys.push_back(std::move(*wrapped));
  }
  if (to == key_source::file)
    if (auto written = write_key_file(next_file(), *key); !written)
      return written.error();
  return out;
}

result<void> key_ring::adopt(const replacement& x, bool on_disk) {
  {
    const std::lock_guard guard{mutex_};
    record_ = x.record;
    if (x.fresh)
      put(data_keys{x.newest});
    else if (keys_)
      keys_->push_back(x.newest);
  }
  // Until then a power loss may bring the old record back, and it would need
  // the old key.
  if (!on_disk)
    return failure{errc::storage_failed,
                   "the new key is recorded, and not yet known to be on the "
                   "disk; the old one is kept until the next start",
                   {},
                   {}};
  if (x.record.source == key_source::file)
    return take_next_file();
  std::error_code ec;
  fs::remove(file(), ec);
  if (ec)
    return failure{errc::storage_failed,
                   file().string() +
                       " is of no use any more and cannot be "
                       "removed: " +
                       ec.message(),
                   {},
                   {}};
  return {};
}

void key_ring::discard(const replacement& x) {
  std::error_code ignored;
  if (x.record.source == key_source::file)
    fs::remove(next_file(), ignored);
}

}  // namespace closedpaw::vault
