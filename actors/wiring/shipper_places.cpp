#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>

#include "actors/monitoring/shipper.hpp"
#include "actors/wiring/runtime.hpp"
#include "actors/wiring/worker.hpp"
#include "messages/model/syslog_target.hpp"

namespace closedpaw::wiring {

namespace {

using monitoring::shipper_args;
namespace shipping = monitoring::shipping;

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0)
    return {};
  return name.data();
}

result<std::string> read_ca(const config::shipper_settings& s) {
  if (s.ca_file.empty())
    return std::string{};
  std::ifstream in{s.ca_file};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  // A folder can be opened as well.
  if (!in || text.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
    return failure{
        errc::bad_request,
        "shippers." + s.name + ".ca_file: " + s.ca_file +
            (text.empty() ? " cannot be read" : " has no certificate in PEM") +
            "; is it the right file, and readable for us?",
        {},
        {}};
  return text;
}

auto refusal(runtime& r) {
  return [&r](std::string_view ip, std::uint16_t port, bool allow_private) {
    return r.refuse_upstream(ip, port, allow_private);
  };
}

result<std::function<shipping::carrier()>> syslog(
    runtime& r, const config::shipper_settings& s) {
  auto ca = read_ca(s);
  if (!ca)
    return ca.error();
  http::syslog_options options;
  // Both were checked when the configuration was loaded.
  options.target = parse_syslog_target(s.url).value();
  options.extra_ca_pem = std::move(*ca);
  options.refuse_address = refusal(r);
  options.allow_private_addresses = s.allow_private_addresses;
  options.leaving = &r.leaving;
  shipping::syslog_sender from;
  from.host_name = host_name();
  from.process_id = std::to_string(getpid());
  from.facility = facility_number(s.facility).value();
  from.max_bytes = s.max_message_bytes;
  return std::function<shipping::carrier()>{[&r, options, from] {
    return shipping::syslog_carrier(
        std::make_shared<http::syslog_connection>(r.io, options), from);
  }};
}

shipping::otlp_target collector(runtime& r, const config::shipper_settings& s) {
  shipping::otlp_target out;
  out.url = s.url;
  out.allow_private_addresses = s.allow_private_addresses;
  out.from = {CLOSEDPAW_VERSION, host_name(),
              to_string(make_uuid(r.live.started_at)), r.live.started_at};
  out.fetch = [client = r.client.get()](auto q, auto done) {
    return client->fetch(std::move(q), std::move(done));
  };
  out.now = r.live.now;
  return out;
}

std::string target_of(const config::shipper_settings& s) {
  if (const auto syslog_target = parse_syslog_target(s.url))
    return to_string(*syslog_target);
  // Without the path, which may be what keeps others out.
  const auto host = s.url.find("://");
  const auto path = s.url.find('/', host == std::string::npos ? 0 : host + 3);
  return s.url.substr(0, path);
}

result<shipper_args> args_of(runtime& r, const config::shipper_settings& s) {
  shipper_args args;
  if (s.type == "syslog") {
    auto made = syslog(r, s);
    if (!made)
      return made.error();
    args.connect = std::move(*made);
  } else {
    const auto to = collector(r, s);
    args.connect = [to] { return shipping::otlp_carrier(to); };
    if (s.metrics_interval.count() > 0)
      args.carry_metrics = [&r, to](shipping::when_shipped done) {
        return shipping::send_metrics(to, measure(r), std::move(done));
      };
  }
  args.metrics_interval = s.metrics_interval;
  args.reader = r.reader;
  args.logger = r.logger;
  args.stored = [&r, key = std::string{monitoring::shipping_prefix} + s.name] {
    return r.store->registry_get(key);
  };
  args.log_size = &r.live.log_size;
  args.chance = supervisor_env(r)->chance;
  args.now = r.live.now;
  return args;
}

supervision::child_spec shipper_child(const runtime& r, const std::string& name,
                                      const shipper_args& args) {
  auto child = worker(
      r, name,
      std::make_shared<supervision::slot<shipper_actor>>("shipper " + name),
      [args](caf::scheduled_actor* parent, supervision::incarnation life) {
        return monitoring::spawn_shipper(parent, std::move(life), args);
      });
  child.publications.push_back(args.view);
  return child;
}

}  // namespace

result<supervision::supervisor_spec> shippers_spec(runtime& r) {
  supervision::supervisor_spec spec;
  for (const auto& s : r.settings.shippers) {
    if (!s.enabled)
      continue;
    auto args = args_of(r, s);
    if (!args)
      return args.error();
    shipper_view initial;
    initial.name = s.name;
    initial.type = s.type;
    initial.target = target_of(s);
    r.live.shippers.push_back(
        std::make_shared<published<shipper_view>>(r.live.gen, initial));
    args->view = r.live.shippers.back().get();
    spec.children.push_back(shipper_child(r, s.name, *args));
    r.set_handle("root/monitoring/shippers/" + s.name,
                 spec.children.back().live);
  }
  return spec;
}

}  // namespace closedpaw::wiring
