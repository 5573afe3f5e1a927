#include "actors/storage/anchor_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>

#include "actors/storage/store/failures.hpp"
#include "messages/model/file_descriptor.hpp"

namespace closedpaw::storage {

result<audit::signed_head> sign_head(const store& where,
                                     const audit::signing_key& key,
                                     timestamp now) {
  const auto head = where.audit_head();
  if (!head)
    return head.error();
  return key.sign(head->size, head->root, now);
}

result<void> append_head(const std::filesystem::path& file,
                         const audit::signed_head& x) {
  const file_descriptor fd{
      ::open(file.c_str(),
             O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (!fd)
    return system_failure(errno, "opening", file);
  const auto line = dump(to_json(x)) + '\n';
  const auto written = ::write(fd.get(), line.data(), line.size());
  if (written != static_cast<ssize_t>(line.size()))
    return system_failure(written < 0 ? errno : ENOSPC, "writing", file);
  if (::fsync(fd.get()) != 0)
    return system_failure(errno, "syncing", file);
  return {};
}

result<void> check_signed_head(read_access store, const audit::signed_head& x,
                               const audit::verifying_key& key) {
  const auto name = "the head of " + std::to_string(x.head.size) +
                    " events, signed " + to_iso8601(x.head.time) + ',';
  if (!key.verifies(x))
    return make_failure(errc::storage_failed,
                        name + " does not verify with that public key");
  const auto root = root_at(store, x.head.size);
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
  return {};
}

result<std::vector<audit::signed_head>> read_heads(
    const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in)
    return system_failure(errno, "opening", file);
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  std::vector<audit::signed_head> out;
  const auto add = [&](const json& x) -> result<void> {
    auto head = audit::signed_head_from(x);
    if (!head)
      return head.error();
    out.push_back(std::move(*head));
    return {};
  };
  const auto explain = [&](const std::string& where, const std::string& why) {
    return make_failure(errc::bad_request, file.string() + where + ": " + why);
  };
  // One answer of the daemon may be spread over lines.
  if (const auto whole = parse_json(text)) {
    if (auto done = add(*whole); !done)
      return explain("", done.error().message);
    return out;
  }
  std::istringstream lines{text};
  std::string line;
  for (std::size_t n = 1; std::getline(lines, line); ++n) {
    if (line.empty())
      continue;
    const auto where = ", line " + std::to_string(n);
    const auto parsed = parse_json(line);
    if (!parsed)
      return explain(where, "that is no JSON");
    if (auto done = add(*parsed); !done)
      return explain(where, done.error().message);
  }
  return out;
}

}  // namespace closedpaw::storage
