#pragma once

#include <caf/test/unit_test.hpp>
#include <cstddef>
#include <iostream>
#include <mutex>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

namespace closedpaw::test {

/// Stands between CAF's test framework and standard error. The framework shows
/// failing checks only together with every passing one, and calls a run that
/// checked nothing a success: this drops the passing lines and counts both.
class check_counter : public std::streambuf {
 public:
  explicit check_counter(std::ostream& stream)
      : stream_(stream), sink_(stream.rdbuf(this)) {}
  ~check_counter() override { stream_.rdbuf(sink_); }
  check_counter(const check_counter&) = delete;
  check_counter& operator=(const check_counter&) = delete;

  std::size_t checks() const { return checks_; }

 protected:
  int_type overflow(int_type ch) override {
    if (traits_type::eq_int_type(ch, traits_type::eof()))
      return traits_type::not_eof(ch);
    const char byte = traits_type::to_char_type(ch);
    xsputn(&byte, 1);
    return ch;
  }

  std::streamsize xsputn(const char* data, std::streamsize size) override {
    std::lock_guard guard{mutex_};
    for (std::streamsize i = 0; i < size; ++i) {
      line_ += data[i];
      if (data[i] == '\n')
        finish_line();
    }
    return size;
  }

 private:
  void finish_line() {
    const std::string_view start{line_.data(), line_.size() < 3 ? 0u : 3u};
    const bool passed = start == "** ";
    if (passed || start == "!! ")
      ++checks_;
    if (!passed)
      sink_->sputn(line_.data(), static_cast<std::streamsize>(line_.size()));
    line_.clear();
  }

  std::ostream& stream_;
  std::streambuf* sink_;
  std::mutex mutex_;
  std::string line_;
  std::size_t checks_ = 0;
};

/// Runs the suites that the arguments choose (`-s REGEX`); 1 when a check
/// failed, and also when none ran.
inline int run(int argc, char** argv) {
  std::string verbosity[] = {"-v", "4", "-n"};
  std::vector<char*> args(argv, argv + argc);
  bool lists_only = false;
  for (std::string_view arg : std::vector<std::string_view>(argv, argv + argc))
    lists_only |= arg == "-a" || arg == "-A" || arg == "-h" || arg == "--help";
  for (auto& arg : verbosity)
    args.push_back(arg.data());
  args.push_back(nullptr);
  // ctest has the timeouts; they differ between plain and sanitizer builds.
  caf::test::engine::max_runtime(0);
  check_counter counter{std::cerr};
  const int status =
      caf::test::main(static_cast<int>(args.size()) - 1, args.data());
  if (status == 0 && counter.checks() == 0 && !lists_only) {
    std::cerr << "no check ran: there is no such suite, or it checks nothing\n";
    return 1;
  }
  return status;
}

}  // namespace closedpaw::test
