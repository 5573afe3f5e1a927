#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "config/load.hpp"
#include "tests/temporary_directory.hpp"

namespace closedpaw::config {

/// A directory of its own for one test, with an environment that sees no other.
class config_files {
 public:
  const std::filesystem::path& root() const { return root_; }

  std::filesystem::path write(const std::string& name,
                              std::string_view text) const {
    const auto file = root_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << text;
    return file;
  }

  environment env() const {
    return {.home = (root_ / "home").string(),
            .xdg_config_home = {},
            .current_dir = root_ / "here",
            .system_config_dir = root_ / "etc"};
  }

  sources from(std::string_view text) const {
    sources s;
    s.file = write("closedpaw.toml", text);
    s.registered.emplace();
    s.env = env();
    return s;
  }

  sources from_nothing() const {
    sources s;
    s.registered.emplace();
    s.env = env();
    return s;
  }

  /// The failure's message with the directory cut out of it.
  std::string errors_of(const sources& s) const {
    const auto loaded = load(s);
    if (loaded)
      return "no error";
    auto text = loaded.error().message;
    const auto prefix = root_.string() + "/";
    for (auto at = text.find(prefix); at != std::string::npos;
         at = text.find(prefix))
      text.erase(at, prefix.size());
    return text;
  }

  std::string errors_of(std::string_view text) const {
    return errors_of(from(text));
  }

 private:
  temporary_directory directory_;
  const std::filesystem::path& root_ = directory_.path();
};

}  // namespace closedpaw::config
