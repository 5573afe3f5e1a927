#pragma once

#include <span>
#include <string_view>

/// The operator's page: files of `page/` and of the packages in the lockfile,
/// embedded when the program is built.
namespace closedpaw::dashboard {

struct asset {
  /// Under /dashboard; "" is the page itself.
  std::string_view path;
  std::string_view media_type;
  std::string_view content;
};

/// All of them. Any thread.
std::span<const asset> assets();

}  // namespace closedpaw::dashboard
