#define CAF_SUITE provider_fixture

#include "tests/actor/providers/provider_fixture.hpp"

namespace closedpaw::providers::test {

provider_fixture::provider_fixture(const std::string& type) {
  args.settings.name = "p";
  args.settings.type = type;
  args.settings.base_url = "http://h:1";
  args.settings.default_model = "m1";
  args.vendor = codec::find_vendor(type).value();
  // Asked for in one suite only: the others count requests.
  args.vendor.show = nullptr;
  args.key = find_provider_type(type)->key;
  args.vault = vault_place.slot;
  args.streams = &streams;
  args.chance = [] { return 0.0; };
  args.now = test_now;
  args.announce = [this](const json& what) {
    announced.push_back(what["ok"].get<bool>() ? "ok" : "not ok");
  };
  args.fetch = [this](http::client_request q, http::client::callback done) {
    // Nobody answers them; they come and go without being seen.
    if (hides_listings && q.method == "GET")
      return http::cancel_handle{};
    fetch f{std::move(q), std::move(done)};
    auto cancelled = f.cancelled;
    fetches.push_back(std::move(f));
    return http::cancel_handle{[cancelled] { *cancelled = true; }};
  };
  vault_place.begin();
  vault_place.slot->set(keep(
      sys.spawn([this](vault_actor::pointer) -> vault_actor::behavior_type {
        return {
            [](check_atom) { return std::string{"proved"}; },
            [](const seal_payload&) { return std::string{}; },
            [this](const unseal_secret& q) -> caf::result<secret_payload> {
              CAF_CHECK_EQUAL(q.name, "providers/p/api_key");
              CAF_CHECK_EQUAL(q.audience,
                              args.settings.type + " at http://h:1");
              if (!stored_key)
                return to_error({errc::not_found, "none", {}, {}});
              return secret_payload{secret_text{*stored_key}};
            },
            closedpaw::test::no_owner_secret,
            closedpaw::test::no_vault_commands,
            closedpaw::test::no_tokens,
        };
      })));
}

void provider_fixture::start() {
  if (!view)
    view = std::make_shared<published<provider_view>>(
        gen, initial_view(args.settings, args.limits));
  args.view = view;
  sut = keep(spawn_provider(host(), own_place.begin(), args));
  settle();
}

chat_outcome provider_fixture::chat(const std::string& model,
                                    const std::string& stream_id, uuid action) {
  chat_request q{model, {{"user", "hi"}}, "r1", {}, {}, stream_id, action};
  return ask_now<chat_reply_payload>(*this, sut, chat_request_payload{q});
}

void provider_fixture::answer(
    unsigned status, std::string body,
    std::vector<std::pair<std::string, std::string>> headers) {
  CAF_REQUIRE(!fetches.empty());
  auto f = std::move(fetches.front());
  fetches.pop_front();
  http::client_response r;
  r.status = status;
  r.headers = std::move(headers);
  r.headers.emplace_back("content-type", "application/json");
  if (f.request.sink && status == 200)
    f.request.sink->write(body);
  else
    r.body = std::move(body);
  f.done(std::move(r));
  settle();
}

void provider_fixture::refuse(failure why) {
  CAF_REQUIRE(!fetches.empty());
  auto f = std::move(fetches.front());
  fetches.pop_front();
  f.done(std::move(why));
  settle();
}

void provider_fixture::answer_chat(const std::string& text) {
  answer(200, dump({{"model", "m1"},
                    {"message", {{"role", "assistant"}, {"content", text}}},
                    {"done", true},
                    {"done_reason", "stop"},
                    {"prompt_eval_count", 5},
                    {"eval_count", 7}}));
}

void provider_fixture::answer_models() {
  answer(200, R"({"models":[{"name":"m1"},{"name":"m2"}]})");
}

std::string provider_fixture::tries(const chat_outcome& x) {
  auto out = x->code();
  if (x->error)
    for (const auto& t : x->error->extra.at("attempts"))
      out += ' ' + t.at("code").get<std::string>();
  if (x->answer)
    for (const auto& t : (**x->answer).failed)
      out += ' ' + t.code;
  return out;
}

}  // namespace closedpaw::providers::test
