#include "actors/storage/head_key.hpp"

#include "actors/storage/store/private_file.hpp"

namespace closedpaw::storage {

namespace {

result<audit::signing_key> create_key(const std::filesystem::path& file) {
  auto key = audit::signing_key::generate();
  if (!key)
    return key.error();
  if (auto done = write_private_file(file, key->pem()); !done)
    return done.error();
  return key;
}

}  // namespace

result<audit::signing_key> load_or_create_head_key(
    const std::filesystem::path& data_dir) {
  const auto file = data_dir / "audit.key";
  const auto content = read_private_file(file);
  if (!content)
    return content.error();
  const auto shown = data_dir / "audit.pub";
  std::error_code error;
  if (!*content && std::filesystem::exists(shown, error))
    return failure{
        errc::storage_failed,
        file.string() +
            " is missing: put it back, since it signs what audit.pub "
            "checks, or move audit.pub and the signed heads "
            "(audit-heads.ndjson) away to begin anew",
        {},
        {}};
  auto key =
      *content ? audit::signing_key::from_pem(**content) : create_key(file);
  if (!key)
    return failure{
        errc::storage_failed,
        file.string() + ": " + key.error().message +
            "; put the right one back: old heads are checked with it",
        {},
        {}};
  const auto pem = key->check().pem();
  const auto present = read_private_file(shown);
  if (present && *present && (*present)->reveal() == pem)
    return key;
  if (auto done = write_private_file(shown, secret_text{pem}); !done)
    return done.error();
  return key;
}

}  // namespace closedpaw::storage
