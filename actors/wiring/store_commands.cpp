#include "actors/wiring/store_commands.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "actors/storage/anchor_file.hpp"
#include "actors/storage/store/backup.hpp"
#include "actors/wiring/serve.hpp"
#include "config/load.hpp"

namespace closedpaw::wiring {

namespace {

int complain(const failure& why, int status = 1) {
  std::fprintf(stderr, "closedpaw: %s\n", why.message.c_str());
  return status;
}

template <class Options>
result<config::loaded_config> configuration(const Options& o) {
  umask(077);
  config::sources from;
  if (o.config)
    from.file = *o.config;
  from.data_dir = o.data_dir;
  from.env = config::process_environment();
  return config::load(from);
}

void print(const storage::verify_report& r) {
  std::printf("verified %llu events, %llu actions (%llu open), root %s\n",
              static_cast<unsigned long long>(r.events),
              static_cast<unsigned long long>(r.actions),
              static_cast<unsigned long long>(r.open_actions), r.root.c_str());
}

}  // namespace

int run_backup(const cli::backup_options& options) {
  auto c = configuration(options);
  if (!c)
    return complain(c.error(), exit_config);
  auto done = storage::backup(c->values.storage.data_dir, options.destination);
  if (!done)
    return complain(done.error());
  std::printf("backup of %s in %s: %llu bytes\n",
              c->values.storage.data_dir.c_str(), options.destination.c_str(),
              static_cast<unsigned long long>(done->file_size));
  print(done->content);
  return 0;
}

int run_restore(const cli::restore_options& options) {
  auto c = configuration(options);
  if (!c)
    return complain(c.error(), exit_config);
  const principal by{"local", "uid:" + std::to_string(getuid())};
  auto done = storage::restore(options.source, c->values.storage.data_dir, by,
                               system_now());
  if (!done)
    return complain(done.error());
  print(done->content);
  if (!done->moved_aside.empty())
    std::printf("replaced %llu events (root %s), kept as %s\n",
                static_cast<unsigned long long>(done->from_size),
                done->from_root.c_str(), done->moved_aside.c_str());
  std::printf("restored %s from %s\n", c->values.storage.data_dir.c_str(),
              options.source.c_str());
  return 0;
}

namespace {

/// What is given, or what lies beside the store, or nothing.
std::optional<std::filesystem::path> beside(
    const std::optional<std::string>& given,
    const std::filesystem::path& directory, const char* name) {
  if (given)
    return *given;
  const auto path = directory / name;
  std::error_code error;
  return std::filesystem::exists(path, error) ? std::optional{path}
                                              : std::nullopt;
}

result<audit::verifying_key> key_in(const std::filesystem::path& file) {
  std::ifstream in{file};
  auto key = audit::verifying_key::from_pem(
      std::string{std::istreambuf_iterator<char>{in}, {}});
  if (!key)
    return failure{
        errc::bad_request, file.string() + ": " + key.error().message, {}, {}};
  return key;
}

/// How many heads the log contains; all of them, or it is a failure.
result<std::size_t> check_heads(const std::filesystem::path& directory,
                                const std::filesystem::path& heads,
                                const audit::verifying_key& key) {
  const auto all = storage::read_heads(heads);
  if (!all)
    return all.error();
  const auto copy = storage::open_for_reading(directory);
  if (!copy)
    return copy.error();
  for (const auto& x : *all)
    if (auto ok = storage::check_signed_head(copy->access(), x, key); !ok)
      return failure{
          ok.error().code, heads.string() + ": " + ok.error().message, {}, {}};
  return all->size();
}

}  // namespace

int run_verify(const cli::verify_options& options) {
  std::filesystem::path directory;
  if (options.path) {
    directory = *options.path;
  } else {
    auto c = configuration(options);
    if (!c)
      return complain(c.error(), exit_config);
    directory = c->values.storage.data_dir;
  }
  // Before the log, which may be growing: a newer head would be ahead of it.
  const auto heads = beside(options.head, directory, "audit-heads.ndjson");
  const auto key_file = beside(options.public_key, directory, "audit.pub");
  auto done = storage::verify_directory(directory);
  if (!done)
    return complain(done.error());
  print(*done);
  if (!heads) {
    std::printf("no signed heads to compare it with; see --head\n");
    return 0;
  }
  if (!key_file)
    return complain({errc::bad_request,
                     "nothing checks the heads of " + heads->string() +
                         "; give --public-key",
                     {},
                     {}});
  const auto key = key_in(*key_file);
  if (!key)
    return complain(key.error());
  const auto checked = check_heads(directory, *heads, *key);
  if (!checked)
    return complain(checked.error());
  std::printf("it contains all %zu signed heads of %s\n", *checked,
              heads->c_str());
  return 0;
}

}  // namespace closedpaw::wiring
