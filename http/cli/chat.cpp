#include "http/cli/chat.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <thread>

#include "http/cli/chat_text.hpp"
#include "http/cli/console.hpp"
#include "http/cli/daemon_client.hpp"
#include "http/cli/line_reader.hpp"
#include "messages/model/json_fields.hpp"
#include "messages/model/uuid.hpp"

namespace closedpaw::cli {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t history_turns = 20;
constexpr std::chrono::milliseconds look_interval{500};
/// A daemon that starts again, or repairs a part of itself, is not given up.
constexpr std::chrono::seconds longest_away{20};

// A handler may touch nothing else.
std::atomic<bool> interrupted{false};

void on_interrupt(int) {
  interrupted = true;
}

/// Ctrl-C ends the waiting for an answer, and only that.
class interrupts {
 public:
  interrupts() {
    interrupted = false;
    struct sigaction ours {};
    ours.sa_handler = on_interrupt;
    sigaction(SIGINT, &ours, &before_);
  }
  interrupts(const interrupts&) = delete;
  interrupts& operator=(const interrupts&) = delete;
  ~interrupts() { sigaction(SIGINT, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

int complain(const failure& why) {
  std::fprintf(stderr, "closedpaw: %s\n", shown(why.message).c_str());
  return why.code == errc::unreachable ? exit_unreachable : exit_refused;
}

class conversation {
 public:
  conversation(const chat_options& options, const daemon_address& where)
      : options_{options},
        daemon_{where},
        base_{"/api/channels/" + url_encoded(options.channel)} {}

  /// The channel is there; one of the default name is made where it is not.
  result<void> begin() {
    auto there = daemon_.get(base_);
    if (!there && there.error().code == errc::not_found &&
        options_.channel == chat_options{}.channel) {
      there = daemon_.post("/api/channels/register?channel_type=cli&name=" +
                               url_encoded(options_.channel),
                           json::array());
      if (there)
        std::fprintf(stderr, "closedpaw: made channel %s\n",
                     options_.channel.c_str());
    }
    if (!there)
      return there.error();
    daemon_.follow(base_ + "/stream");
    if (!options_.anew)
      return {};
    auto fresh = post("/new");
    return fresh ? result<void>{} : fresh.error();
  }

  result<void> show_history() {
    auto page =
        daemon_.get(messages_path("&limit=" + std::to_string(history_turns)));
    if (!page)
      return page.error();
    if (const auto* turns = array_in(*page, "messages"))
      for (const auto& x : *turns)
        print(shown_turn(x));
    return {};
  }

  /// Sends it, prints the answer as it comes; the exit status.
  int say(const std::string& text) {
    const interrupts waiting;
    answer_ = {};
    away_since_.reset();
    auto sent = post(text);
    if (!sent)
      return complain(sent.error());
    question_ = std::move(*sent);
    auto look_at = clock::now() + look_interval;
    while (true) {
      auto status = std::optional<int>{};
      if (const auto x = daemon_.next_event(200ms))
        status = take(*x);
      // It may have been said before the stream was open.
      if (!status && clock::now() >= look_at) {
        status = look();
        look_at = clock::now() + look_interval;
      }
      if (status)
        return *status;
      if (interrupted) {
        print("\n");
        std::fprintf(stderr,
                     "closedpaw: not waiting any longer; the answer will be in "
                     "the conversation\n");
        return exit_refused;
      }
    }
  }

 private:
  using clock = std::chrono::steady_clock;

  /// The message's id.
  result<std::string> post(const std::string& text) {
    // Ours, so that sending again is not saying again.
    const auto id = to_string(make_uuid(system_now()));
    const auto give_up = clock::now() + longest_away;
    while (true) {
      auto sent = daemon_.post(base_ + "/messages",
                               {{"text", text},
                                {"conversation", options_.conversation},
                                {"id", id}});
      if (sent)
        return text_or_empty(*sent, "message_id");
      const auto code = sent.error().code;
      const bool passes = code == errc::unavailable ||
                          code == errc::unreachable || code == errc::timeout;
      if (!passes || interrupted || clock::now() >= give_up)
        return sent.error();
      std::this_thread::sleep_for(look_interval);
    }
  }

  std::string messages_path(const std::string& more) const {
    return base_ +
           "/messages?conversation=" + url_encoded(options_.conversation) +
           more;
  }

  std::optional<int> take(const daemon_event& x) {
    if (x.type == "delta") {
      if (text_or_empty(x.data, "refers_to") == question_)
        print(answer_.piece(text_or_empty(x.data, "text")));
      return std::nullopt;
    }
    if (x.type == "message")
      return take_turn(x.data);
    if (x.type == "gap" || x.type == "reconnected")
      return look();
    return std::nullopt;
  }

  std::optional<int> take_turn(const json& turn) {
    if (text_or_empty(turn, "refers_to") != question_)
      return std::nullopt;
    print(answer_.whole(text_or_empty(turn, "text")));
    const auto failed = turn.find("failed");
    return failed != turn.end() && failed->is_boolean() && failed->get<bool>()
               ? exit_refused
               : 0;
  }

  // What the stream may have missed.
  std::optional<int> look() {
    const auto page = daemon_.get(messages_path("&after=" + question_));
    if (!page) {
      if (!away_since_)
        away_since_ = clock::now();
      if (page.error().code != errc::not_found &&
          clock::now() - *away_since_ < longest_away)
        return std::nullopt;
      return complain(page.error());
    }
    away_since_.reset();
    if (const auto* turns = array_in(*page, "messages"))
      for (const auto& x : *turns)
        if (const auto status = take_turn(x))
          return status;
    return std::nullopt;
  }

  const chat_options& options_;
  daemon_client daemon_;
  std::string base_;
  std::string question_;
  answer_text answer_;
  /// Since when the daemon does not say what became of it.
  std::optional<clock::time_point> away_since_;
};

std::string trimmed(std::string text) {
  const auto end = text.find_last_not_of(" \t\r\n");
  text.erase(end == std::string::npos ? 0 : end + 1);
  text.erase(0, text.find_first_not_of(" \t\r\n"));
  return text;
}

int read_lines(conversation& with) {
  if (auto done = with.show_history(); !done)
    return complain(done.error());
  std::fprintf(stderr, "Write a message; /help lists commands, Ctrl-D ends.\n");
  const auto kept = state_dir();
  line_reader lines{kept.empty() ? kept : kept / "chat_history"};
  while (const auto line = lines.next("> ")) {
    const auto text = trimmed(*line);
    if (text == "/quit")
      break;
    if (!text.empty())
      with.say(text);
  }
  return 0;
}

}  // namespace

int run_chat(const chat_options& options, const daemon_address& where) {
  conversation with{options, where};
  if (auto done = with.begin(); !done)
    return complain(done.error());
  if (options.message)
    return with.say(*options.message);
  if (isatty(STDIN_FILENO) != 0)
    return read_lines(with);
  const auto text = trimmed({std::istreambuf_iterator<char>{std::cin}, {}});
  if (text.empty()) {
    std::fprintf(stderr, "closedpaw: nothing to say on standard input\n");
    return usage_error;
  }
  return with.say(text);
}

}  // namespace closedpaw::cli
