#pragma once

#include <filesystem>
#include <vector>

#include "actors/audit/signed_head.hpp"
#include "actors/storage/store/proof_reader.hpp"
#include "actors/storage/store/store.hpp"

namespace closedpaw::storage {

/// The file of signed heads, unless another is configured.
std::filesystem::path anchor_path(const std::filesystem::path& data_dir,
                                  const std::string& configured = {});

/// The store's present head.
result<audit::signed_head> sign_head(const store& where,
                                     const audit::signing_key& key,
                                     timestamp now);

/// Adds the head as a line of JSON, and syncs; whole or not at all.
/// storage_failed, storage_full. Blocks on the disk.
result<void> append_head(const std::filesystem::path& file,
                         const audit::signed_head& x);

/// Whether the log, at the head's size, had the head's root, and whether the
/// head is the key's. storage_failed names what differs: what was altered,
/// reordered or cut off before it. False for one that only verifies, since its
/// events are gone by retention.
result<bool> check_signed_head(read_access store, const audit::signed_head& x,
                               const audit::verifying_key& key);

struct head_file {
  std::vector<audit::signed_head> heads;
  /// Lines that are none, the last one apart, which may be half written.
  std::size_t unreadable = 0;
};

/// A file with one head, or with one in each line. bad_request when it cannot
/// be read, or is no head.
result<head_file> read_heads(const std::filesystem::path& file);

}  // namespace closedpaw::storage
