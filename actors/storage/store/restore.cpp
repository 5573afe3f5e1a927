#include <cerrno>

#include "actors/storage/store/backup.hpp"
#include "actors/storage/store/copy.hpp"
#include "actors/storage/store/data_dir.hpp"
#include "actors/storage/store/failures.hpp"
#include "actors/storage/store/store.hpp"

namespace closedpaw::storage {

namespace {

namespace fs = std::filesystem;

/// A working copy beside the store, gone when we are done or failed.
class staging {
 public:
  explicit staging(const fs::path& data_dir)
      : directory_{data_dir / "restoring"} {
    clear();
  }
  staging(const staging&) = delete;
  staging& operator=(const staging&) = delete;
  ~staging() { clear(); }

  const fs::path& directory() const { return directory_; }

 private:
  void clear() {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }

  fs::path directory_;
};

result<void> refuse_same(const fs::path& source, const fs::path& data_dir) {
  std::error_code error;
  if (fs::equivalent(source, data_dir, error))
    return make_failure(
        errc::bad_request,
        source.string() + " is the store itself; name a backup of it");
  return {};
}

/// The source, verified, as a copy that nobody else has.
result<verify_report> stage(const fs::path& source, const fs::path& to) {
  auto opened = open_for_reading(source);
  if (!opened)
    return opened.error();
  auto report = verify(opened->access());
  if (!report)
    return report;
  if (auto ok = copy_store(opened->env, to); !ok)
    return ok.error();
  return report;
}

result<void> read_present(const fs::path& data_dir, restore_report& report) {
  auto present = open_for_reading(data_dir);
  if (!present)
    return present.error();
  auto txn = read_transaction::begin(present->env);
  if (!txn)
    return txn.error();
  auto head = read_head(*txn, present->dbs);
  if (!head)
    return head.error();
  report.from_size = head->size();
  report.from_root = to_hex(head->tree.root());
  return {};
}

audit_event restored_event(const restore_report& report, const principal& by,
                           timestamp now) {
  audit_event out;
  out.time = now;
  out.actor = "storage";
  out.user = by;
  out.action_type = "storage";
  out.status = "restored";
  out.outcome = "success";
  out.level = "critical";
  json from;
  if (!report.from_root.empty())
    from = {{"size", report.from_size}, {"root", report.from_root}};
  json details = {
      {"from", std::move(from)},
      {"to", {{"size", report.content.events}, {"root", report.content.root}}}};
  if (!report.from_error.empty())
    details["from_error"] = report.from_error;
  if (!report.moved_aside.empty())
    details["moved_aside"] = report.moved_aside.filename().string();
  out.details = details;
  return out;
}

result<void> append_event(const fs::path& directory, audit_event event) {
  // Whatever its size, and whatever may be mapped here: little more than it
  // has.
  constexpr std::uint64_t room = 64 << 20;
  std::error_code error;
  const auto size = fs::file_size(directory / "data.mdb", error);
  if (error)
    return system_failure(error.value(), "measuring", directory / "data.mdb");
  auto copy = store::open(
      {.data_dir = directory, .map_size = size + room, .reserve_size = 0});
  if (!copy)
    return copy.error();
  commit_unit unit;
  unit.events.push_back(std::move(event));
  auto answers = (*copy)->writer().commit({&unit, 1});
  if (!answers.front())
    return answers.front().error();
  return {};
}

/// The directory has either store at every moment, and never none.
result<void> replace_file(const fs::path& data_dir, const fs::path& staged,
                          const fs::path& moved_aside,
                          const fs::path& kept_heads) {
  const auto file = data_dir / "data.mdb";
  if (!moved_aside.empty() && ::link(file.c_str(), moved_aside.c_str()) != 0)
    return system_failure(errno, "keeping", file);
  // A file with the vault's key is removed where the other store has another
  // kind of key; this one's goes with what is kept.
  const auto key = data_dir / "vault.key";
  const auto kept_key = fs::path{moved_aside.string() + ".vault.key"};
  if (!moved_aside.empty() && ::link(key.c_str(), kept_key.c_str()) != 0 &&
      errno != ENOENT)
    return system_failure(errno, "keeping", key);
  // Its table of readers and newest transaction are the other file's.
  if (::unlink((data_dir / "lock.mdb").c_str()) != 0 && errno != ENOENT)
    return system_failure(errno, "removing", data_dir / "lock.mdb");
  // Heads of the log that goes. Those that are kept elsewhere still tell of the
  // rollback.
  const auto heads = data_dir / "audit-heads.ndjson";
  if (::rename(heads.c_str(), kept_heads.c_str()) != 0 && errno != ENOENT)
    return system_failure(errno, "keeping", heads);
  if (::rename((staged / "data.mdb").c_str(), file.c_str()) != 0) {
    const auto why = errno;
    ::rename(kept_heads.c_str(), heads.c_str());
    return system_failure(why, "replacing", file);
  }
  return sync_directory(data_dir);
}

}  // namespace

result<restore_report> restore(const fs::path& source, const fs::path& data_dir,
                               const principal& by, timestamp now) {
  if (auto ok = prepare_data_dir(data_dir); !ok)
    return ok.error();
  if (auto ok = refuse_same(source, data_dir); !ok)
    return ok.error();
  auto lock = directory_lock::take(data_dir);
  if (!lock)
    return lock.error();
  const staging work{data_dir};
  auto content = stage(source, work.directory());
  if (!content)
    return content.error();
  restore_report report;
  report.content = std::move(*content);
  std::error_code error;
  if (fs::exists(data_dir / "data.mdb", error)) {
    report.moved_aside =
        data_dir / ("data.mdb.before-restore-" + file_stamp(now));
    if (auto ok = read_present(data_dir, report); !ok)
      report.from_error = ok.error().message;
  }
  if (auto ok = append_event(work.directory(), restored_event(report, by, now));
      !ok)
    return ok.error();
  if (auto ok = replace_file(
          data_dir, work.directory(), report.moved_aside,
          data_dir / ("audit-heads.ndjson.before-restore-" + file_stamp(now)));
      !ok)
    return ok.error();
  return report;
}

}  // namespace closedpaw::storage
