#define CAF_SUITE vault_entries

#include <sys/stat.h>

#include <fstream>
#include <set>

#include "actors/vault/key_file.hpp"
#include "messages/model/json.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace vault_entries_tests {

using namespace closedpaw;
using namespace closedpaw::vault;
using closedpaw::storage::test::temp_dir;

encryption_key key_of(std::uint8_t first) {
  std::array<std::uint8_t, encryption_key::size> bytes{};
  bytes[0] = first;
  return encryption_key{bytes};
}

constexpr entry_label label{"providers/x/api_key", "openai at https://h"};
constexpr entry_reader reader{label.name, label.audience};

std::string sealed(const std::string& value) {
  return seal(key_of(1), label, secret_text{value}).value();
}

bool refused(const result<secret_text>& x) {
  return !x && x.error().code == errc::storage_failed;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

CAF_TEST(what was sealed is opened and only the ciphertext is in the text) {
  for (const auto& value :
       {std::string{}, std::string{"sk-secret"}, std::string{"\n\0x", 3}}) {
    const auto text = sealed(value);
    const auto back = open(key_of(1), reader, text);
    CAF_REQUIRE(back.has_value());
    CAF_CHECK_EQUAL(back->reveal(), value);
    CAF_CHECK_EQUAL(text.find("sk-secret"), std::string::npos);
  }
}

CAF_TEST(the same value never looks the same) {
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i)
    seen.insert(sealed("sk-secret"));
  CAF_CHECK_EQUAL(seen.size(), 50u);
}

CAF_TEST(another name another key and any change are refused) {
  const auto text = sealed("sk-secret");
  CAF_CHECK(
      refused(open(key_of(1), {"providers/y/api_key", label.audience}, text)));
  const auto other = open(key_of(2), reader, text);
  CAF_CHECK(refused(other));
  CAF_CHECK(other.error().message.find("another key") != std::string::npos);
  const auto entry = json::parse(text);
  for (const auto* member : {"nonce", "data", "tag"}) {
    auto changed = entry;
    auto hex = changed[member].get<std::string>();
    hex[0] = hex[0] == '0' ? '1' : '0';
    changed[member] = hex;
    CAF_CHECK(refused(open(key_of(1), reader, dump(changed))));
    changed.erase(member);
    CAF_CHECK(refused(open(key_of(1), reader, dump(changed))));
  }
  for (const auto* garbage : {"", "{}", "[]", "x", R"({"v":2})", R"({"v":"2"})",
                              R"({"v":2,"key":5})"})
    CAF_CHECK(refused(open(key_of(1), reader, garbage)));
}

CAF_TEST(another audience gets nothing and cannot be put in its place) {
  const auto text = sealed("sk-secret");
  const entry_reader other{label.name, "openai at https://elsewhere"};
  const auto moved = open(key_of(1), other, text);
  CAF_REQUIRE(!moved);
  CAF_CHECK(moved.error().code == errc::not_found);
  CAF_CHECK(moved.error().message.find("https://elsewhere") !=
            std::string::npos);
  auto forged = json::parse(text);
  forged["audience"] = other.audience;
  CAF_CHECK(refused(open(key_of(1), other, dump(forged))));
}

CAF_TEST(who asks needs the level and cannot change it) {
  const entry_label admin{label.name, label.audience, access_level::admin};
  const auto text = seal(key_of(1), admin, secret_text{"v"}).value();
  for (const auto level : {access_level::public_, access_level::standard,
                           access_level::elevated}) {
    const auto refused_one =
        open(key_of(1), {label.name, label.audience, level}, text);
    CAF_REQUIRE(!refused_one);
    CAF_CHECK(refused_one.error().code == errc::forbidden);
  }
  CAF_CHECK(
      open(key_of(1), {label.name, label.audience, access_level::admin}, text)
          .has_value());
  auto forged = json::parse(text);
  forged["level"] = "public";
  CAF_CHECK(refused(open(key_of(1), reader, dump(forged))));
}

CAF_TEST(an entry tells its label without its key) {
  const entry_label elevated{label.name, label.audience,
                             access_level::elevated};
  const auto text = seal(key_of(1), elevated, secret_text{"v"}).value();
  const auto facts = facts_of(label.name, text).value();
  CAF_CHECK_EQUAL(facts.key_id, key_of(1).id());
  CAF_CHECK_EQUAL(facts.audience, label.audience);
  CAF_CHECK(facts.level == access_level::elevated);
  CAF_CHECK(!facts_of(label.name, "{}"));
}

CAF_TEST(a key file is for its owner alone) {
  const temp_dir dir;
  const auto file = dir.path() / "vault.key";
  CAF_CHECK(!read_key_file(file)->has_value());
  const auto made = random_key().value();
  CAF_REQUIRE(write_key_file(file, made).has_value());
  struct stat info {};
  CAF_REQUIRE(::stat(file.c_str(), &info) == 0);
  CAF_CHECK_EQUAL(info.st_mode & 0777, 0600u);
  CAF_CHECK_EQUAL((*read_key_file(file))->id(), made.id());
  CAF_CHECK_NOT_EQUAL(random_key()->id(), made.id());
}

CAF_TEST(a key that is not safe or no key is refused and kept) {
  const temp_dir dir;
  const auto file = dir.path() / "vault.key";
  CAF_REQUIRE(write_key_file(file, key_of(1)).has_value());
  ::chmod(file.c_str(), 0640);
  CAF_CHECK(!read_key_file(file));
  ::chmod(file.c_str(), 0600);
  std::ofstream{file} << "short";
  CAF_CHECK(!read_key_file(file));
  std::ofstream{file} << std::string(65, 'x');
  CAF_CHECK(!read_key_file(file));
  CAF_CHECK_EQUAL(content(file), std::string(65, 'x'));
  std::filesystem::rename(file, dir.path() / "elsewhere");
  std::filesystem::create_symlink(dir.path() / "elsewhere", file);
  CAF_CHECK(!read_key_file(file));
}

}  // namespace vault_entries_tests
