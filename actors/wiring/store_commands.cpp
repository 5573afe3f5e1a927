#include "actors/wiring/store_commands.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "actors/storage/anchor_file.hpp"
#include "actors/storage/store/backup.hpp"
#include "actors/storage/store/private_file.hpp"
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
  if (r.cut > 0)
    std::printf("the log begins at event %llu by retention\n",
                static_cast<unsigned long long>(r.cut));
  std::printf("verified %llu events, %llu actions (%llu open), root %s\n",
              static_cast<unsigned long long>(r.events - r.cut),
              static_cast<unsigned long long>(r.actions),
              static_cast<unsigned long long>(r.open_actions), r.root.c_str());
}

std::filesystem::path anchor_of(const config::settings& s) {
  return storage::anchor_path(s.storage.data_dir, s.audit.anchor_file);
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// What the copy can be checked with goes with it.
result<void> keep_heads(const config::loaded_config& c,
                        const std::filesystem::path& copy,
                        const std::string& heads) {
  if (heads.empty())
    return {};
  const auto key = content_of(std::filesystem::path{c.values.storage.data_dir} /
                              "audit.pub");
  if (auto done =
          storage::write_private_file(copy / "audit.pub", secret_text{key});
      !done)
    return done;
  return storage::write_private_file(storage::anchor_path(copy),
                                     secret_text{heads});
}

}  // namespace

int run_backup(const cli::backup_options& options) {
  auto c = configuration(options);
  if (!c)
    return complain(c.error(), exit_config);
  // Before the copy, which then contains them.
  const auto heads = content_of(anchor_of(c->values));
  auto done = storage::backup(c->values.storage.data_dir, options.destination);
  if (!done)
    return complain(done.error());
  if (auto kept = keep_heads(*c, options.destination, heads); !kept)
    return complain(kept.error());
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

/// What a verification looks at.
struct verified_places {
  std::filesystem::path directory;
  std::filesystem::path heads;
  /// Without them it fails.
  bool needs_heads = false;
  std::filesystem::path key;
};

result<verified_places> places_of(const cli::verify_options& options) {
  verified_places out;
  if (options.path) {
    out.directory = *options.path;
    out.heads = storage::anchor_path(out.directory);
  } else {
    auto c = configuration(options);
    if (!c)
      return c.error();
    out.directory = c->values.storage.data_dir;
    out.heads = anchor_of(c->values);
    out.needs_heads = !c->values.audit.anchor_file.empty();
  }
  if (options.head)
    out.heads = *options.head;
  out.needs_heads = out.needs_heads || options.head;
  out.key = options.public_key ? std::filesystem::path{*options.public_key}
                               : out.directory / "audit.pub";
  return out;
}

result<audit::verifying_key> key_in(const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in)
    return failure{errc::bad_request,
                   file.string() +
                       " cannot be read, and nothing else checks the heads; "
                       "give --public-key",
                   {},
                   {}};
  auto key = audit::verifying_key::from_pem(
      std::string{std::istreambuf_iterator<char>{in}, {}});
  if (!key)
    return failure{
        errc::bad_request, file.string() + ": " + key.error().message, {}, {}};
  return key;
}

/// Prints what the heads prove.
result<void> check_heads(const verified_places& where,
                         const storage::head_file& heads) {
  const auto key = key_in(where.key);
  if (!key)
    return key.error();
  const auto copy = storage::open_for_reading(where.directory);
  if (!copy)
    return copy.error();
  std::size_t older = 0;
  for (const auto& x : heads.heads) {
    const auto checked = storage::check_signed_head(copy->access(), x, *key);
    if (!checked)
      return failure{checked.error().code,
                     where.heads.string() + ": " + checked.error().message,
                     {},
                     {}};
    older += *checked ? 0 : 1;
  }
  // A cut keeps what the newest of them is about.
  if (older > 0 && older == heads.heads.size())
    return failure{errc::storage_failed,
                   "the log says that all events of all " +
                       std::to_string(older) + " signed heads of " +
                       where.heads.string() +
                       " are gone by retention, which keeps those of the "
                       "newest: it was replaced, or these are the heads of a "
                       "store before it was restored",
                   {},
                   {}};
  std::printf("it contains all %zu signed heads of %s\n",
              heads.heads.size() - older, where.heads.c_str());
  if (older > 0)
    std::printf(
        "%zu others verify, and are of events that are gone by retention\n",
        older);
  // A power loss may have left half a line. Whoever damages lines could as well
  // take them away; heads that are kept elsewhere tell.
  if (heads.unreadable > 0)
    std::printf(
        "%zu lines of it are no heads: cut off by a crash, or damaged\n",
        heads.unreadable);
  return {};
}

}  // namespace

int run_verify(const cli::verify_options& options) {
  const auto where = places_of(options);
  if (!where)
    return complain(where.error(), exit_config);
  // Before the log, which may be growing: a newer head would be ahead of it.
  std::error_code error;
  storage::head_file heads;
  if (where->needs_heads || std::filesystem::exists(where->heads, error)) {
    auto read = storage::read_heads(where->heads);
    if (!read)
      return complain(read.error());
    heads = std::move(*read);
  }
  auto done = storage::verify_directory(where->directory);
  if (!done)
    return complain(done.error());
  print(*done);
  if (heads.heads.empty()) {
    if (where->needs_heads || heads.unreadable > 0)
      return complain({errc::bad_request,
                       where->heads.string() + " has no signed heads",
                       {},
                       {}});
    std::printf("no signed heads to compare it with; see --head\n");
    return 0;
  }
  const auto checked = check_heads(*where, heads);
  return checked ? 0 : complain(checked.error());
}

}  // namespace closedpaw::wiring
