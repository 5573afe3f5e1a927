#include "actors/wiring/store_commands.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

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

int run_verify(const cli::verify_options& options) {
  auto c = configuration(options);
  if (!c)
    return complain(c.error(), exit_config);
  auto done = storage::verify_directory(c->values.storage.data_dir);
  if (!done)
    return complain(done.error());
  print(*done);
  return 0;
}

}  // namespace closedpaw::wiring
