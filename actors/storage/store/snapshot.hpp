#pragma once

#include "actors/storage/store/schema.hpp"

namespace closedpaw::storage {

/// What reading takes: the environment and the handles of its databases.
struct read_access {
  const environment& env;
  databases dbs;
};

/// A store that another process may write to, or a copy of one.
struct opened_copy {
  environment env;
  databases dbs;

  read_access access() const { return {env, dbs}; }
};

/// Opens without writing and without the exclusive lock; never for a store
/// that this process has open (see environment).
result<opened_copy> open_for_reading(const std::filesystem::path& directory);

}  // namespace closedpaw::storage
