#pragma once

// CAF's unit test framework: define CAF_SUITE before including this, and name
// the suite like the file. CAF's directory counts as SYSTEM, so its templates
// do not warn in our tests.
#include <caf/test/unit_test.hpp>
#include <string_view>

namespace closedpaw {

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace closedpaw

namespace closedpaw::checking {

template <class X, class Y>
bool equal(const char* file, std::size_t line, const char* text, const X& x,
           const Y& y) {
  namespace framework = caf::test;
  const bool same =
      framework::detail::check(framework::engine::current_test(), file, line,
                               text, false, framework::equal_to{}(x, y), x, y);
  framework::engine::last_check_file(file);
  framework::engine::last_check_line(line);
  return same;
}

}  // namespace closedpaw::checking

// The framework's own keep references to what they are given, also into
// temporaries that are gone when they compare.
#undef CAF_CHECK_EQUAL
#define CAF_CHECK_EQUAL(x, y) \
  static_cast<void>(          \
      ::closedpaw::checking::equal(__FILE__, __LINE__, #x " == " #y, x, y))
#undef CAF_REQUIRE_EQUAL
#define CAF_REQUIRE_EQUAL(x, y)                                                \
  do {                                                                         \
    if (!::closedpaw::checking::equal(__FILE__, __LINE__, #x " == " #y, x, y)) \
      ::caf::test::detail::requirement_failed(#x " == " #y);                   \
  } while (false)
