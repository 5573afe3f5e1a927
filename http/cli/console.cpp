#include "http/cli/console.hpp"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>

#include "http/routes/inert_text.hpp"

namespace closedpaw::cli {

namespace {

constexpr std::size_t longest_secret = std::size_t{16} * 1024;

// A handler may touch nothing else.
volatile std::sig_atomic_t stopped_by = 0;

void on_stop(int signal) {
  stopped_by = signal;
}

/// Typed characters are not shown while it exists. A signal that would end the
/// process ends the reading, so that nobody is left with such a terminal.
class hidden_input {
 public:
  hidden_input() {
    stopped_by = 0;
    // Without SA_RESTART: a read that waits ends.
    struct sigaction mine {};
    mine.sa_handler = on_stop;
    sigemptyset(&mine.sa_mask);
    for (std::size_t i = 0; i < stops.size(); ++i)
      sigaction(stops[i], &mine, &before_[i]);
    is_set_ = tcgetattr(STDIN_FILENO, &shown_) == 0;
    auto hidden = shown_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (is_set_)
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  hidden_input(const hidden_input&) = delete;
  hidden_input& operator=(const hidden_input&) = delete;
  ~hidden_input() {
    if (is_set_)
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown_);
    std::fputc('\n', stderr);
    for (std::size_t i = 0; i < stops.size(); ++i)
      sigaction(stops[i], &before_[i], nullptr);
    if (stopped_by != 0)
      raise(stopped_by);
  }

 private:
  static constexpr std::array stops{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

  termios shown_{};
  std::array<struct sigaction, stops.size()> before_{};
  bool is_set_ = false;
};

/// To the end of the line, or of the input.
result<secret_text> read_from(bool whole) {
  std::string text;
  // Not moved while it grows: what was copied is not wiped.
  text.reserve(longest_secret + 1);
  char c = 0;
  for (;;) {
    const auto got = read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR && stopped_by == 0)
      continue;
    if (got <= 0 || (c == '\n' && !whole))
      break;
    text += c;
    if (text.size() > longest_secret)
      break;
  }
  while (text.ends_with('\n') || text.ends_with('\r'))
    text.pop_back();
  secret_text out{std::move(text)};
  if (out.reveal().size() > longest_secret)
    return failure{errc::bad_request, "a secret has at most 16 KiB", {}, {}};
  return {boost::system::in_place_value, std::move(out)};
}

result<secret_text> ask_terminal(const std::string& prompt) {
  // Before it asks: what is typed at once is not to be seen, nor to be lost.
  const hidden_input hidden;
  std::fprintf(stderr, "%s: ", prompt.c_str());
  return read_from(false);
}

}  // namespace

int tell(const failure& why) {
  // Who is at the other end may be anybody.
  std::fprintf(stderr, "closedpaw: %s\n", http::inert(why.message).c_str());
  return why.code == errc::unreachable ? exit_unreachable : exit_refused;
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void print(const json& x) {
  // A terminal obeys more than ASCII's controls.
  const bool ascii = isatty(STDOUT_FILENO) != 0;
  print(x.dump(2, ' ', ascii, json::error_handler_t::replace) + "\n");
}

bool agreed(const std::string& question) {
  if (isatty(STDIN_FILENO) == 0)
    return true;
  std::fprintf(stderr, "%s [y/N] ", question.c_str());
  std::string said;
  std::getline(std::cin, said);
  return said == "y" || said == "Y" || said == "yes";
}

result<secret_text> read_secret(const std::string& prompt, bool twice) {
  const bool terminal = isatty(STDIN_FILENO) != 0;
  auto said = terminal ? ask_terminal(prompt) : read_from(true);
  if (!said)
    return said;
  if (said->empty())
    return failure{errc::bad_request, "nothing was said: no secret", {}, {}};
  if (terminal && twice) {
    const auto again = ask_terminal("Again");
    if (!again || again->reveal() != said->reveal())
      return failure{errc::bad_request,
                     "that was something else; nothing is changed",
                     {},
                     {}};
  }
  return said;
}

}  // namespace closedpaw::cli
