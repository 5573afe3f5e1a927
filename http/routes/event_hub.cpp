#include "http/routes/event_hub.hpp"

#include <algorithm>
#include <charconv>

namespace closedpaw::http {

namespace {

std::string one_line(std::string_view text) {
  std::string out{text};
  std::erase_if(out,
                [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  return out;
}

// The standard ends a line at CR LF, LF or CR.
void append_data(std::string& out, std::string_view data) {
  for (;;) {
    const auto end = data.find_first_of("\r\n");
    out += "data: ";
    out += data.substr(0, end);
    out += '\n';
    if (end == std::string_view::npos)
      return;
    const bool pair = data.substr(end, 2) == "\r\n";
    data.remove_prefix(end + (pair ? 2 : 1));
  }
}

}  // namespace

std::string sse_frame(std::string_view id, std::string_view type,
                      std::string_view data) {
  std::string out;
  if (!id.empty())
    out += "id: " + one_line(id) + "\n";
  out += "event: " + one_line(type) + "\n";
  append_data(out, data);
  out += '\n';
  return out;
}

event_hub::event_hub(timestamp started_at, limits bounds)
    : bounds_{bounds},
      run_{std::to_string(started_at.time_since_epoch().count())},
      seats_{bounds.subscribers} {}

void event_hub::publish(std::string_view type, const json& data) {
  auto text = dump(data);
  const auto bytes = text.size();
  keep(
      {0, std::string{type}, [text = std::move(text)] { return text; }, bytes});
}

void event_hub::publish_lazily(std::string_view type,
                               std::function<std::string()> data) {
  keep({0, std::string{type}, std::move(data)});
}

void event_hub::keep(kept_event event) {
  std::lock_guard guard{mutex_};
  event.sequence = next_++;
  kept_bytes_ += event.bytes;
  kept_.push_back(std::move(event));
  if (!subscribers_.empty())
    push_to_all(frame_of(kept_.back()));
  while (kept_.size() > bounds_.kept || kept_bytes_ > bounds_.kept_bytes) {
    kept_bytes_ -= kept_.front().bytes;
    kept_.pop_front();
  }
}

void event_hub::clear() {
  std::lock_guard guard{mutex_};
  kept_.clear();
  kept_bytes_ = 0;
  for (auto& s : subscribers_)
    s.stream->close();
  subscribers_.clear();
}

std::string event_hub::frame_of(const kept_event& event) const {
  return sse_frame(run_ + "." + std::to_string(event.sequence), event.type,
                   event.data());
}

result<std::shared_ptr<void>> event_hub::admit() {
  {
    std::lock_guard guard{mutex_};
    if (closed_)
      return failure{errc::unavailable, "the daemon is stopping", {}, {}};
    // A client that left is otherwise noticed at the next event.
    std::erase_if(subscribers_,
                  [](const subscriber& s) { return s.stream->gone(); });
  }
  auto seat = seats_.take();
  if (!seat)
    return failure{errc::overloaded,
                   "all " + std::to_string(bounds_.subscribers) +
                       " event streams are taken; close one or poll instead",
                   std::chrono::seconds{5},
                   {}};
  return seat;
}

void event_hub::subscribe(std::shared_ptr<byte_stream> stream,
                          std::shared_ptr<void> seat,
                          std::string_view last_event_id) {
  std::lock_guard guard{mutex_};
  if (closed_) {
    stream->close();
    return;
  }
  // One chunk, so that a full replay costs one place in the stream's queue.
  std::string chunk = "retry: 3000\n\n";
  if (!last_event_id.empty())
    chunk += missed_since(last_event_id);
  if (stream->push(std::move(chunk)))
    subscribers_.push_back({std::move(stream), std::move(seat)});
}

void event_hub::heartbeat() {
  std::lock_guard guard{mutex_};
  push_to_all(":\n\n");
}

void event_hub::close_all() {
  std::lock_guard guard{mutex_};
  closed_ = true;
  for (auto& s : subscribers_)
    s.stream->close();
  subscribers_.clear();
}

std::size_t event_hub::subscribers() const {
  std::lock_guard guard{mutex_};
  return subscribers_.size();
}

void event_hub::push_to_all(const std::string& chunk) {
  std::erase_if(subscribers_,
                [&](subscriber& s) { return !s.stream->push(chunk); });
}

std::string event_hub::missed_since(std::string_view id) const {
  const auto dot = id.find('.');
  const bool ours = dot != std::string_view::npos && id.substr(0, dot) == run_;
  std::uint64_t last = 0;
  bool known = ours;
  if (ours) {
    const auto digits = id.substr(dot + 1);
    const auto* const end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, last);
    known = parsed.ec == std::errc{} && parsed.ptr == end && last < next_;
  }
  std::string out;
  const auto oldest = kept_.empty() ? next_ : kept_.front().sequence;
  if (!known || last + 1 < oldest) {
    out += sse_frame({}, "gap",
                     R"({"detail":"events were missed; read the state anew"})");
    last = known ? last : next_;
  }
  for (const auto& event : kept_)
    if (event.sequence > last)
      out += frame_of(event);
  return out;
}

}  // namespace closedpaw::http
