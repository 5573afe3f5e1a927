#include "actors/sandbox/skills/filesystem/operations.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>

#include "actors/sandbox/skills/filesystem/beneath.hpp"
#include "messages/model/base64.hpp"

namespace closedpaw::skill {

namespace {

using nlohmann::json;

struct bounds {
  std::uint64_t file_bytes;
  std::uint64_t read_bytes;
  std::uint64_t entries;
  /// In lower case with the dot; "" for names without one.
  std::vector<std::string> extensions;
};

bounds bounds_of(const json& settings) {
  return {settings.at("max_file_bytes").get<std::uint64_t>(),
          settings.at("max_read_bytes").get<std::uint64_t>(),
          settings.at("max_entries").get<std::uint64_t>(),
          settings.at("allowed_extensions").get<std::vector<std::string>>()};
}

std::string extension_of(const std::string& path) {
  const auto name = path.substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  // A hidden file's name is no extension.
  if (dot == std::string::npos || dot == 0)
    return {};
  auto out = name.substr(dot);
  std::ranges::transform(out, out.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return out;
}

void check_extension(const std::string& path, const bounds& b) {
  const auto found = extension_of(path);
  if (std::ranges::find(b.extensions, found) == b.extensions.end())
    throw file_error{path + ": files named *" + found +
                     " are not allowed; the skill's manifest says which are "
                     "(settings.allowed_extensions)"};
}

void check_size(const std::string& path, std::uint64_t size, const bounds& b) {
  if (size > b.file_bytes)
    throw file_error{path + ": longer than " + std::to_string(b.file_bytes) +
                     " bytes (settings.max_file_bytes)"};
}

json to_json(const entry& x) {
  return {{"name", x.name},
          {"type", x.type},
          {"size", x.size},
          {"modified_ms", x.modified_ms}};
}

/// Whether it can be told as text.
bool is_utf8(const std::string& text) {
  try {
    (void)json(text).dump();
    return true;
  } catch (const json::exception&) {
    return false;
  }
}

struct call {
  const beneath& files;
  const bounds& limits;
  std::string path;
  std::string content;
};

json list(const call& c) {
  bool truncated = false;
  auto entries = json::array();
  for (const auto& e : c.files.list(c.path, c.limits.entries, truncated))
    entries.push_back(to_json(e));
  return {{"entries", std::move(entries)}, {"truncated", truncated}};
}

json stat(const call& c) {
  return to_json(c.files.stat(c.path));
}

json read(const call& c) {
  check_extension(c.path, c.limits);
  const auto size = c.files.stat(c.path).size;
  auto content = c.files.read(c.path, c.limits.read_bytes);
  json out{{"size", size}, {"truncated", size > content.size()}};
  const bool text = is_utf8(content);
  out["encoding"] = text ? "utf-8" : "base64";
  out["content"] = text ? std::move(content) : to_base64(content);
  return out;
}

json write(const call& c) {
  check_extension(c.path, c.limits);
  check_size(c.path, c.content.size(), c.limits);
  c.files.write(c.path, c.content);
  return {{"size", c.content.size()}};
}

json append(const call& c) {
  check_extension(c.path, c.limits);
  c.files.append(c.path, c.content, c.limits.file_bytes);
  return {{"size", c.files.stat(c.path).size}};
}

json make_directory(const call& c) {
  c.files.make_directory(c.path);
  return json::object();
}

json remove(const call& c) {
  c.files.remove(c.path);
  return json::object();
}

const std::map<std::string, std::function<json(const call&)>> operations{
    {"list", list},     {"stat", stat},     {"read", read},
    {"write", write},   {"append", append}, {"mkdir", make_directory},
    {"delete", remove},
};

}  // namespace

json answer_to(const json& request, const std::string& workspace) {
  try {
    const auto it = operations.find(request.at("operation").get<std::string>());
    if (it == operations.end())
      throw file_error{"there is no such operation"};
    const auto& parameters = request.at("parameters");
    const auto limits = bounds_of(request.at("settings"));
    const beneath files{workspace};
    return {{"ok", true},
            {"result", it->second({files, limits, parameters.value("path", ""),
                                   parameters.value("content", "")})}};
  } catch (const std::exception& e) {
    return {{"ok", false}, {"error", e.what()}};
  }
}

}  // namespace closedpaw::skill
