#include "actors/wiring/run_marker.hpp"

#include <algorithm>
#include <fstream>

#include "messages/model/json.hpp"

namespace closedpaw::wiring {

namespace {

json read(const std::filesystem::path& file) {
  std::ifstream in{file};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto parsed = parse_json(text);
  // No file, or one that a power cut left half written: nothing is known.
  return parsed && parsed->is_object() ? *parsed : json::object();
}

timestamp from_micros(std::int64_t x) {
  return timestamp{std::chrono::microseconds{x}};
}

}  // namespace

result<run_marker> run_marker::begin(const std::filesystem::path& data_dir,
                                     timestamp now) {
  run_marker m;
  m.file_ = data_dir / "run.json";
  const auto last = read(m.file_);
  if (auto it = last.find("unclean_exits_us");
      it != last.end() && it->is_array())
    for (const auto& t : *it)
      if (t.is_number_integer())
        m.unclean_.push_back(from_micros(t.get<std::int64_t>()));
  if (auto it = last.find("running"); it != last.end() && *it == true) {
    m.last_run_unclean_ = true;
    // When exactly it ended nobody wrote down; it is noticed now.
    m.unclean_.push_back(now);
  }
  std::erase_if(m.unclean_,
                [&](timestamp t) { return now - t > safe_mode_window; });
  if (auto done = m.write(true); !done)
    return done.error();
  return m;
}

result<void> run_marker::end() {
  return write(false);
}

result<void> run_marker::write(bool running) const {
  json out = {{"running", running}, {"unclean_exits_us", json::array()}};
  for (const auto t : unclean_)
    out["unclean_exits_us"].push_back(t.time_since_epoch().count());
  auto next = file_;
  next += ".new";
  std::ofstream stream{next, std::ios::trunc};
  stream << dump(out) << '\n';
  stream.close();
  std::error_code ec;
  std::filesystem::permissions(
      next,
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
      ec);
  if (stream && !ec)
    std::filesystem::rename(next, file_, ec);
  if (!stream || ec)
    return failure{errc::storage_failed,
                   "cannot write " + file_.string() +
                       "; check the permissions and the free space of the data "
                       "directory",
                   {},
                   {}};
  return {};
}

}  // namespace closedpaw::wiring
