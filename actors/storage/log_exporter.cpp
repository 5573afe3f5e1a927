#include "actors/storage/log_exporter.hpp"

#include <map>

namespace closedpaw::storage {

namespace {

constexpr std::chrono::milliseconds look_interval{200};
constexpr std::chrono::seconds longest_read{10};
/// A stream's queue holds a MiB; one event may be longer than that.
constexpr std::size_t piece_bytes = std::size_t{128} * 1024;

class log_exporter_state {
 public:
  static constexpr const char* name = "log_exporter";
  using self_pointer =
      supervision::self_ptr<log_exporter_actor, log_exporter_state>;

  explicit log_exporter_state(self_pointer me) : self_{me} {}
  ~log_exporter_state();

  log_exporter_actor::behavior_type init(log_exporter_args given);

 private:
  struct reading {
    export_stream client;
    /// Lines that are not yet written, from `written` on.
    std::string text;
    std::size_t written = 0;
    bool asked = false;
    /// The log as it was when it was asked last, and whether that was all.
    std::uint64_t size_asked = 0;
    bool at_end = false;
    /// Nothing follows the text.
    bool over = false;
  };

  caf::result<std::string> on_check();
  void begin(export_stream x);
  void look();
  /// False when it has ended.
  bool advance(std::uint64_t key, reading& r);
  bool write(reading& r) const;
  bool is_past(const reading& r) const;
  void ask_for_more(std::uint64_t key, reading& r);
  void take(reading& r, const audit_page& page) const;
  static void fail(reading& r, const failure& why);

  self_pointer self_;
  log_exporter_args args_;
  std::map<std::uint64_t, reading> readings_;
  std::uint64_t next_ = 1;
};

// Each stream says so itself when it goes.
log_exporter_state::~log_exporter_state() {
  for (auto& [key, r] : readings_)
    // Whoever got half a line is to see that it is one.
    if (r.client.to && r.written > 0)
      r.client.to->push("\n");
}

log_exporter_actor::behavior_type log_exporter_state::init(
    log_exporter_args given) {
  args_ = std::move(given);
  args_.open->end_all();
  self_->delayed_send(self_, look_interval, sweep_atom::value);
  return {
      [this](check_atom) { return on_check(); },
      [this](const export_stream_ptr& x) { begin(std::move(*x)); },
      [this](wake_atom) { look(); },
      [this](sweep_atom) {
        look();
        self_->delayed_send(self_, look_interval, sweep_atom::value);
      },
  };
}

caf::result<std::string> log_exporter_state::on_check() {
  const auto reader = args_.reader->get();
  if (!reader)
    return to_error(args_.reader->unavailable(args_.now()));
  audit_query newest;
  newest.limit = 1;
  auto promise = self_->make_response_promise<std::string>();
  self_->request(*reader, longest_read, audit_query_payload{newest})
      .then(
          [=](const audit_page_payload& page) mutable {
            promise.deliver("read the newest event (" +
                            std::to_string(page->events.size()) + " of one)");
          },
          [=](const caf::error& e) mutable { promise.deliver(e); });
  return promise;
}

void log_exporter_state::begin(export_stream x) {
  auto& r = readings_[next_++];
  r.client = std::move(x);
  args_.open->add(r.client.to);
  // Called from any thread, and perhaps at once.
  r.client.to->watch([me = caf::actor_cast<caf::actor_addr>(self_)] {
    if (const auto actor = caf::actor_cast<caf::actor>(me))
      caf::anon_send(actor, wake_atom::value);
  });
}

void log_exporter_state::look() {
  for (auto it = readings_.begin(); it != readings_.end();)
    if (advance(it->first, it->second))
      ++it;
    else
      it = readings_.erase(it);
}

bool log_exporter_state::advance(std::uint64_t key, reading& r) {
  if (r.client.to->gone())
    return false;
  if (!write(r))
    return !r.client.to->gone();
  const bool has_news = r.size_asked < args_.log_size->load();
  if (r.over || (r.at_end && !r.asked && !has_news && is_past(r))) {
    std::exchange(r.client.to, nullptr)->close();
    return false;
  }
  // Not where the last event is in the answer: a filter may leave it out.
  if (!r.asked && (!r.at_end || has_news))
    ask_for_more(key, r);
  return true;
}

/// Times never run back, so that nothing more can come before then.
bool log_exporter_state::is_past(const reading& r) const {
  const auto& until = r.client.what.query.until;
  return until && *until < args_.now();
}

/// Whether all of the text is written.
bool log_exporter_state::write(reading& r) const {
  while (r.written < r.text.size()) {
    if (r.client.to->congested())
      return false;
    auto piece = r.text.substr(r.written, piece_bytes);
    r.written += piece.size();
    if (!r.client.to->push(std::move(piece)))
      return false;
  }
  r.text.clear();
  r.written = 0;
  return true;
}

void log_exporter_state::ask_for_more(std::uint64_t key, reading& r) {
  const auto reader = args_.reader->get();
  // It is restarted; the next look finds the new one.
  if (!reader)
    return;
  r.asked = true;
  r.size_asked = args_.log_size->load();
  auto query = r.client.what.query;
  if (const auto most = r.client.what.most)
    query.limit =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(query.limit, *most));
  self_->request(*reader, longest_read, audit_query_payload{std::move(query)})
      .then(
          [=, this](const audit_page_payload& page) {
            if (const auto it = readings_.find(key); it != readings_.end()) {
              it->second.asked = false;
              take(it->second, *page);
              self_->send(self_, wake_atom::value);
            }
          },
          [=, this](const caf::error& e) {
            if (const auto it = readings_.find(key); it != readings_.end()) {
              it->second.asked = false;
              fail(it->second, to_failure(e));
              self_->send(self_, wake_atom::value);
            }
          });
}

void log_exporter_state::take(reading& r, const audit_page& page) const {
  for (const auto& e : page.events) {
    append_wire(r.text, e);
    r.text += '\n';
  }
  auto& what = r.client.what;
  if (page.last_examined)
    what.query.after = page.last_examined;
  if (what.most)
    *what.most -= std::min<std::uint64_t>(*what.most, page.events.size());
  r.at_end = !page.more;
  r.over = (r.at_end && !what.follow) || (what.most && *what.most == 0);
}

void log_exporter_state::fail(reading& r, const failure& why) {
  r.text += dump({{"detail", why.message}, {"code", to_string(why.code)}});
  r.text += '\n';
  r.over = true;
}

}  // namespace

void open_exports::add(const std::shared_ptr<http::byte_stream>& x) {
  const std::lock_guard lock{mutex_};
  std::erase_if(streams_, [](const auto& each) { return each.expired(); });
  streams_.emplace_back(x);
}

void open_exports::end_all() {
  std::unique_lock lock{mutex_};
  const auto all = std::exchange(streams_, {});
  lock.unlock();
  for (const auto& each : all)
    if (const auto to = each.lock()) {
      // It may have half a line.
      to->push("\n");
      say_exporter_stopped(*to);
    }
}

log_exporter_actor spawn_log_exporter(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      log_exporter_args args) {
  return supervision::spawn_worker<log_exporter_actor, log_exporter_state>(
      parent, std::move(life), false,
      [args = std::move(args)](log_exporter_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::storage
