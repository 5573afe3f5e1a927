#define CAF_SUITE vault_keys

#include <fstream>

#include "actors/vault/key_file.hpp"
#include "actors/vault/key_ring.hpp"
#include "messages/model/hex.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace vault_keys_tests {

using namespace closedpaw;
using namespace closedpaw::vault;
using closedpaw::storage::test::temp_dir;

timestamp no_time() {
  return {};
}

const secret_text said{"correct horse battery"};

void put(const std::filesystem::path& file, const std::string& text) {
  std::ofstream{file, std::ios::binary} << text;
}

struct ring_fixture {
  temp_dir dir;
  temp_dir credentials;
  bool with_credentials = false;

  key_ring ring() const {
    key_places where{dir.path()};
    if (with_credentials)
      where.credentials = credentials.path();
    return key_ring{std::move(where), no_time};
  }
  std::filesystem::path file() const { return dir.path() / "vault.key"; }
  std::string key_id_in_file() const {
    const auto key = read_key_file(file());
    return key && *key ? (*key)->id() : "";
  }
};

bool contains(const std::string& text, const char* what) {
  return text.find(what) != std::string::npos;
}

// RFC 7914, section 12, the first half of what is derived there.
CAF_TEST(scrypt derives what the RFC says) {
  const auto derived = [](const char* passphrase, const char* salt,
                          std::uint64_t n, std::uint64_t r, std::uint64_t p) {
    const auto key = derive_key(secret_text{passphrase},
                                {to_hex(std::string_view{salt}), n, r, p});
    return key ? to_hex(std::string_view{
                     reinterpret_cast<const char*>(key->data()),
                     encryption_key::size})
               : key.error().message;
  };
  CAF_CHECK_EQUAL(
      derived("password", "NaCl", 1024, 8, 16),
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162");
  CAF_CHECK_EQUAL(
      derived("pleaseletmein", "SodiumChloride", 16384, 8, 1),
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
}

CAF_TEST(parameters that would take the memory are none) {
  const auto good = new_parameters().value();
  CAF_CHECK(scrypt_from(to_json(good)).has_value());
  const auto another = new_parameters().value();
  CAF_CHECK_NOT_EQUAL(another.salt, good.salt);
  for (const auto& [field, wrong] : {std::pair{"n", json(3)},
                                     {"n", json(1U << 25U)},
                                     {"r", json(0)},
                                     {"r", json(64)},
                                     {"p", json(65)},
                                     {"salt", json("abcd")},
                                     {"salt", json(7)},
                                     {"n", json(-1)}}) {
    auto x = to_json(good);
    x[field] = wrong;
    CAF_CHECK(!scrypt_from(x));
  }
  CAF_CHECK(!scrypt_from(json("x")));
}

CAF_TEST_FIXTURE_SCOPE(with_fixture, ring_fixture)

CAF_TEST(the first start makes a file and the next one takes it) {
  auto first = ring();
  CAF_CHECK(first.view().locked);
  const auto record = first.create().value();
  CAF_CHECK(record.source == key_source::file);
  CAF_CHECK_EQUAL(key_id_in_file(), record.key_id);
  auto next = ring();
  next.open(key_record_from(to_json(record)).value());
  CAF_CHECK(!next.view().locked);
  CAF_CHECK_EQUAL(next.newest()->id(), first.newest()->id());
  CAF_CHECK_NOT_EQUAL(next.newest()->id(), record.key_id);
}

CAF_TEST(a file that is missing or
         another is told and unlocks when it is back) {
  auto first = ring();
  const auto record = first.create().value();
  std::filesystem::rename(file(), dir.path() / "away");
  auto next = ring();
  next.open(record);
  CAF_CHECK(next.view().locked);
  CAF_CHECK(contains(next.view().why, "is missing"));
  CAF_CHECK(!std::filesystem::exists(file()));
  CAF_REQUIRE(write_key_file(file(), *random_key()).has_value());
  const auto refused = next.unlock({});
  CAF_REQUIRE(!refused);
  CAF_CHECK(contains(refused.error().message, record.key_id.c_str()));
  std::filesystem::rename(dir.path() / "away", file());
  CAF_CHECK(next.unlock({}).has_value());
  CAF_CHECK(next.newest().has_value());
}

CAF_TEST(a credential goes before a file and is held against the record) {
  with_credentials = true;
  put(credentials.path() / "closedpaw.vault-key", std::string(64, 'a') + "\n");
  auto first = ring();
  const auto record = first.create().value();
  CAF_CHECK(record.source == key_source::credential);
  CAF_CHECK(!std::filesystem::exists(file()));
  CAF_CHECK(first.prepare(key_source::credential, {}, {}, false).error().code ==
            errc::conflict);
  put(credentials.path() / "closedpaw.vault-key", std::string(64, 'b'));
  auto next = ring();
  next.open(record);
  CAF_CHECK(next.view().locked);
  with_credentials = false;
  auto without = ring();
  without.open(record);
  CAF_CHECK(contains(without.view().why, "LoadCredential"));
}

CAF_TEST(a passphrase opens and nothing else does) {
  auto first = ring();
  CAF_REQUIRE(first.create().has_value());
  const auto before = first.newest()->id();
  CAF_CHECK(
      first.prepare(key_source::passphrase, secret_text{"short"}, {}, false)
          .error()
          .code == errc::bad_request);
  const auto made =
      first.prepare(key_source::passphrase, said, {}, false).value();
  CAF_REQUIRE(first.adopt(made, true).has_value());
  CAF_CHECK(!std::filesystem::exists(file()));
  auto next = ring();
  next.open(key_record_from(to_json(made.record)).value());
  CAF_CHECK(contains(next.view().why, "waits for its passphrase"));
  CAF_CHECK(!next.newest());
  CAF_CHECK(next.unlock({}).error().code == errc::bad_request);
  CAF_CHECK(next.unlock(secret_text{"correct horse batterz"}).error().code ==
            errc::forbidden);
  CAF_CHECK(next.unlock(said).has_value());
  // What was sealed before is still opened.
  CAF_CHECK(next.find(before).has_value());
  CAF_CHECK_NOT_EQUAL(next.newest()->id(), before);
  next.lock("uid:7");
  CAF_CHECK(contains(next.view().why, "uid:7"));
  CAF_CHECK(!next.find(before));
}

CAF_TEST(the service manager may say the passphrase) {
  with_credentials = true;
  auto first = ring();
  CAF_REQUIRE(first.create().has_value());
  const auto made =
      first.prepare(key_source::passphrase, said, {}, false).value();
  put(credentials.path() / "closedpaw.vault-passphrase", said.reveal() + "\n");
  auto next = ring();
  next.open(made.record);
  CAF_CHECK(!next.view().locked);
  next.lock("uid:7");
  CAF_CHECK(next.unlock({}).has_value());
  put(credentials.path() / "closedpaw.vault-passphrase", "something else");
  auto wrong = ring();
  wrong.open(made.record);
  CAF_CHECK(wrong.view().locked);
}

CAF_TEST(wherever another key is interrupted the next start has one that fits) {
  auto first = ring();
  const auto old = first.create().value();
  const auto data = first.newest()->id();
  const auto made = first.prepare(key_source::file, {}, {}, false).value();
  // The store has the old record: nothing is lost, and nothing left behind.
  CAF_CHECK_EQUAL(key_id_in_file(), old.key_id);
  const auto kept = *read_key_file(dir.path() / "vault.key.next");
  auto before = ring();
  before.open(old);
  CAF_CHECK_EQUAL(before.newest()->id(), data);
  CAF_CHECK(!std::filesystem::exists(dir.path() / "vault.key.next"));
  // It has the new one, and its file still has the other name.
  CAF_REQUIRE(write_key_file(dir.path() / "vault.key.next", *kept).has_value());
  auto after = ring();
  after.open(made.record);
  CAF_CHECK_EQUAL(after.newest()->id(), made.newest.id());
  CAF_CHECK(after.find(data).has_value());
  CAF_CHECK_EQUAL(key_id_in_file(), made.record.key_id);
  CAF_CHECK(!std::filesystem::exists(dir.path() / "vault.key.next"));
}

CAF_TEST(until it is on the disk the old key stays) {
  auto first = ring();
  const auto old = first.create().value();
  const auto made = first.prepare(key_source::file, {}, {}, false).value();
  CAF_CHECK(!first.adopt(made, false));
  CAF_CHECK_EQUAL(first.newest()->id(), made.newest.id());
  CAF_CHECK_EQUAL(key_id_in_file(), old.key_id);
  auto next = ring();
  next.open(made.record);
  CAF_CHECK(!next.view().locked);
  CAF_CHECK_EQUAL(key_id_in_file(), made.record.key_id);
}

CAF_TEST(a lock is not undone by what began before it) {
  auto sut = ring();
  CAF_REQUIRE(sut.create().has_value());
  const auto made = sut.prepare(key_source::file, {}, {}, false).value();
  sut.lock("uid:7");
  CAF_CHECK(sut.adopt(made, true).has_value());
  CAF_CHECK(sut.view().locked);
  sut.follow(made.record);
  CAF_CHECK(sut.view().locked);
  CAF_CHECK(sut.prepare(key_source::file, {}, {}, false).error().code ==
            errc::vault_locked);
  CAF_CHECK(sut.unlock({}).has_value());
  CAF_CHECK_EQUAL(sut.newest()->id(), made.newest.id());
}

CAF_TEST(only data keys that are needed are kept) {
  auto sut = ring();
  CAF_REQUIRE(sut.create().has_value());
  std::vector<std::string> ids{sut.newest()->id()};
  for (int i = 0; i < 3; ++i) {
    const auto made =
        sut.prepare(key_source::file, {}, {ids.front()}, false).value();
    CAF_REQUIRE(sut.adopt(made, true).has_value());
    auto next = ring();
    next.open(made.record);
    ids.push_back(made.newest.id());
    CAF_CHECK(next.find(ids.front()).has_value());
    // Something may just have been sealed with it.
    CAF_CHECK(next.find(ids[ids.size() - 2]).has_value());
    CAF_CHECK_EQUAL(made.record.data_keys.size(), i == 0 ? 2u : 3u);
  }
}

CAF_TEST(with a lost key one can begin anew) {
  auto first = ring();
  const auto record = first.create().value();
  std::filesystem::remove(file());
  auto next = ring();
  next.open(record);
  const auto made = next.prepare(key_source::file, {}, {}, true).value();
  CAF_CHECK_EQUAL(made.record.data_keys.size(), 1u);
  CAF_CHECK(next.adopt(made, true).has_value());
  CAF_CHECK(!next.view().locked);
  CAF_CHECK_EQUAL(key_id_in_file(), made.record.key_id);
}

CAF_TEST(an undone one leaves nothing) {
  auto sut = ring();
  CAF_REQUIRE(sut.create().has_value());
  const auto before = sut.newest()->id();
  sut.discard(sut.prepare(key_source::file, {}, {}, false).value());
  CAF_CHECK(!std::filesystem::exists(dir.path() / "vault.key.next"));
  CAF_CHECK_EQUAL(sut.newest()->id(), before);
}

CAF_TEST(records that are none) {
  for (const auto* text :
       {"7", "{}", R"({"v":1,"source":"file"})",
        R"({"v":1,"source":"file","key":"k","data_keys":[]})",
        R"({"v":2,"source":"file","key":"k","data_keys":[{"id":"a"}]})",
        R"({"v":1,"source":"passphrase","key":"k","data_keys":[{"id":"a"}]})",
        R"({"v":1,"source":"file","key":"k","data_keys":[7]})",
        R"({"v":1,"source":"elsewhere","key":"k","data_keys":[{"id":"a"}]})"})
    CAF_CHECK(!key_record_from(json::parse(text)));
}

CAF_TEST_FIXTURE_SCOPE_END()

}  // namespace vault_keys_tests
