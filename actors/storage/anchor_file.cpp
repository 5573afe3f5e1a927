#include "actors/storage/anchor_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>

#include "actors/storage/store/data_dir.hpp"
#include "actors/storage/store/failures.hpp"
#include "messages/model/file_descriptor.hpp"

namespace closedpaw::storage {

std::filesystem::path anchor_path(const std::filesystem::path& data_dir,
                                  const std::string& configured) {
  return configured.empty() ? data_dir / "audit-heads.ndjson"
                            : std::filesystem::path{configured};
}

result<audit::signed_head> sign_head(const store& where,
                                     const audit::signing_key& key,
                                     timestamp now) {
  const auto head = where.audit_head();
  if (!head)
    return head.error();
  return key.sign(head->size, head->root, now);
}

namespace {

/// A crash may have left half a line, behind which the next one is to begin
/// anew.
bool ends_in_a_line(const file_descriptor& fd, off_t size) {
  char last = 0;
  return size == 0 ||
         (::pread(fd.get(), &last, 1, size - 1) == 1 && last == '\n');
}

}  // namespace

result<void> append_head(const std::filesystem::path& file,
                         const audit::signed_head& x) {
  std::error_code error;
  const bool is_new = !std::filesystem::exists(file, error);
  const file_descriptor fd{
      ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
             0600)};
  struct stat before {};
  if (!fd || ::fstat(fd.get(), &before) != 0)
    return system_failure(errno, "opening", file);
  auto line = dump(to_json(x)) + '\n';
  if (!ends_in_a_line(fd, before.st_size))
    line.insert(line.begin(), '\n');
  const auto written = ::write(fd.get(), line.data(), line.size());
  if (written != static_cast<ssize_t>(line.size())) {
    const auto why = written < 0 ? errno : ENOSPC;
    // Half a line is worth nothing; where even that fails, readers skip it.
    (void)!::ftruncate(fd.get(), before.st_size);
    return system_failure(why, "writing", file);
  }
  if (::fsync(fd.get()) != 0)
    return system_failure(errno, "syncing", file);
  return is_new ? sync_directory(file.parent_path()) : result<void>{};
}

result<bool> check_signed_head(read_access store, const audit::signed_head& x,
                               const audit::verifying_key& key) {
  const auto name = "the head of " + std::to_string(x.head.size) +
                    " events, signed " + to_iso8601(x.head.time) + ',';
  if (!key.verifies(x))
    return make_failure(errc::storage_failed,
                        name + " does not verify with that public key");
  const auto root = root_at(store, x.head.size);
  if (!root && root.error().code == errc::bad_request)
    return false;
  if (!root && root.error().code == errc::not_found)
    return make_failure(errc::storage_failed,
                        name + " is newer than the log: the log was cut off (" +
                            root.error().message + ')');
  if (!root)
    return root.error();
  if (*root != x.head.root)
    return make_failure(errc::storage_failed,
                        name + " has root " + to_hex(x.head.root) +
                            ", and the log had " + to_hex(*root) +
                            " then: an event before it was altered");
  return true;
}

result<head_file> read_heads(const std::filesystem::path& file) {
  std::error_code error;
  std::ifstream in{file};
  if (!std::filesystem::is_regular_file(file, error) || !in)
    return make_failure(errc::bad_request,
                        file.string() + " is no file that can be read");
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  head_file out;
  // One answer of the daemon may be spread over lines.
  if (const auto whole = parse_json(text)) {
    auto head = audit::signed_head_from(*whole);
    if (!head)
      return make_failure(errc::bad_request,
                          file.string() + ": " + head.error().message);
    out.heads.push_back(std::move(*head));
    return out;
  }
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty())
      continue;
    const auto parsed = parse_json(line);
    auto head = parsed ? audit::signed_head_from(*parsed)
                       : result<audit::signed_head>{
                             make_failure(errc::bad_request, "no JSON")};
    if (head)
      out.heads.push_back(std::move(*head));
    // One that is being written, or was when the machine stopped.
    else if (!lines.eof())
      ++out.unreadable;
  }
  return out;
}

}  // namespace closedpaw::storage
