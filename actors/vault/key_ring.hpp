#pragma once

#include <filesystem>
#include <mutex>
#include <set>

#include "actors/vault/key_record.hpp"

namespace closedpaw::vault {

/// Where key-encryption keys come from.
struct key_places {
  std::filesystem::path data_dir;
  /// $CREDENTIALS_DIRECTORY, if the service manager gave one.
  std::optional<std::filesystem::path> credentials{};
};

/// The data keys, or why there are none. Main owns it, so that it outlives its
/// keeper's crashes; only the keeper asks it for keys. Thread-safe. What reads
/// or writes files, or derives a key, blocks.
class key_ring {
 public:
  key_ring(key_places where, wall_clock now);

  /// For a store that has none yet: the credential if there is one, else the
  /// file, which is made where there is none. The record is to be stored.
  result<key_record> create();
  /// At the start: takes the record's keys, and removes key files that are of
  /// no use to it. Locked, and view() says why, when its key is not to be had.
  void open(const key_record& x);
  /// The store has that record by now, however it came there. What is unlocked
  /// stays so.
  void follow(const key_record& x);

  /// What seals; nothing while it is locked.
  std::optional<encryption_key> newest() const;
  std::optional<encryption_key> find(const std::string& id) const;
  vault_view view() const;
  /// unavailable, with what opens it.
  failure locked() const;

  /// forbidden for the wrong passphrase, bad_request without one that is
  /// needed; otherwise why the key is still not to be had. One that was locked
  /// meanwhile stays locked: conflict.
  result<void> unlock(const secret_text& passphrase);
  /// The keys are forgotten, until unlock() or a new start.
  void lock(const std::string& by);

  struct replacement {
    key_record record;
    encryption_key newest;
    bool fresh = false;
  };
  /// Another key-encryption key and data key, not in use yet. Of the old data
  /// keys those in use stay, and the last one, with which something may just be
  /// sealed; `fresh` keeps none. bad_request for a passphrase that is too
  /// short, not_found without a credential, conflict where the credential is
  /// the key in use, unavailable when locked and not fresh.
  result<replacement> prepare(key_source to, const secret_text& passphrase,
                              const std::set<std::string>& in_use, bool fresh);
  /// Its record is stored, for good if `on_disk`. What fails then is no reason
  /// to go back: the next start does the rest.
  result<void> adopt(const replacement& x, bool on_disk);
  /// It will not be.
  void discard(const replacement& x);

 private:
  using data_keys = std::vector<encryption_key>;

  result<encryption_key> fetch(const key_record& x) const;
  result<encryption_key> fetch_from_file(const key_record& x) const;
  result<std::optional<secret_text>> credential(const char* name) const;
  result<encryption_key> new_key(key_source to, const secret_text& passphrase,
                                 key_record& record) const;
  void put(result<data_keys> x);
  std::filesystem::path file() const { return where_.data_dir / "vault.key"; }
  std::filesystem::path next_file() const;
  result<void> take_next_file() const;

  const key_places where_;
  const wall_clock now_;
  mutable std::mutex mutex_;
  key_record record_;
  std::optional<data_keys> keys_;
  /// How often it was locked.
  std::uint64_t locks_ = 0;
  std::string why_ = "it is not open yet";
  timestamp since_;
};

}  // namespace closedpaw::vault
