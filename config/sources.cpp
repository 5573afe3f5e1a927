#include "config/sources.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>

namespace closedpaw::config {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_file_bytes = 1 << 20;
constexpr auto relative_name = "closedpaw/closedpaw.toml";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

failure unreadable(const fs::path& file, const std::string& why) {
  return {.code = errc::bad_request,
          .message = file.string() + ": cannot be read: " + why +
                     "; give a readable file with --config"};
}

}  // namespace

environment process_environment() {
  std::error_code ignored;
  return {.home = variable("HOME"),
          .xdg_config_home = variable("XDG_CONFIG_HOME"),
          .current_dir = fs::current_path(ignored)};
}

std::optional<fs::path> find_file(const environment& env) {
  std::vector<fs::path> places;
  // A relative XDG_CONFIG_HOME is to be ignored (XDG Base Directory 0.8).
  if (env.xdg_config_home.starts_with('/'))
    places.push_back(fs::path{env.xdg_config_home} / relative_name);
  if (!env.home.empty())
    places.push_back(fs::path{env.home} / ".config" / relative_name);
  places.push_back(env.system_config_dir / relative_name);
  for (const auto& place : places) {
    std::error_code error;
    const auto status = fs::status(place, error);
    // One that cannot be looked at is not skipped: reading it says why.
    if (status.type() != fs::file_type::not_found)
      return place;
  }
  return std::nullopt;
}

result<std::string> read_file(const fs::path& file) {
  std::error_code error;
  if (fs::is_directory(file, error))
    return unreadable(file, "it is a directory");
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return unreadable(file, std::strerror(errno));
  std::string text(max_file_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad())
    return unreadable(file, std::strerror(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > max_file_bytes)
    return unreadable(file, "it is larger than 1 MiB");
  return text;
}

std::optional<std::string> absolute_path(const std::string& path,
                                         const environment& env) {
  fs::path whole = path;
  if (path == "~" || path.starts_with("~/")) {
    if (!env.home.starts_with('/'))
      return std::nullopt;
    whole = fs::path{env.home} / path.substr(path.size() > 1 ? 2 : 1);
  } else if (whole.is_relative()) {
    whole = env.current_dir / whole;
  }
  auto text = whole.lexically_normal().string();
  if (text.size() > 1 && text.back() == '/')
    text.pop_back();
  return text;
}

}  // namespace closedpaw::config
