#include "config/load.hpp"

#include <algorithm>

#include "config/assembly.hpp"

namespace closedpaw::config {

namespace {

result<document> read_document(const std::string& file) {
  auto text = read_file(file);
  if (!text)
    return text.error();
  const auto sections = known_sections();
  return read_toml(*text, file, [&](const std::string& path) {
    return std::find(sections.begin(), sections.end(), path) !=
               sections.end() &&
           !is_entry_list(path);
  });
}

}  // namespace

std::string_view to_string(origin x) {
  switch (x) {
    case origin::builtin:
      return "default";
    case origin::file:
      return "file";
    case origin::persisted:
      return "persisted";
    case origin::command_line:
      break;
  }
  return "set";
}

result<loaded_config> load(const sources& from) {
  assembly parts{from.env};
  const auto file = from.file ? from.file : find_file(from.env);
  document doc;
  if (file) {
    auto read = read_document(file->string());
    if (!read)
      return read.error();
    doc = std::move(*read);
  }
  parts.add_file(doc, file ? file->string() : "");
  if (from.registered)
    parts.add_registered(*from.registered);
  parts.add_persisted(from.persisted);
  for (const auto& argument : from.set)
    parts.add_set(argument);
  if (from.listen)
    parts.add_option("--listen", "http.listen", *from.listen);
  if (from.data_dir)
    parts.add_option("--data-dir", "storage.data_dir", *from.data_dir);
  if (from.log_format)
    parts.add_option("--log-format", "log.format", *from.log_format);
  return std::move(parts).finish();
}

}  // namespace closedpaw::config
