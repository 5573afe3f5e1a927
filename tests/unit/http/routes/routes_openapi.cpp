#define CAF_SUITE routes_openapi

#include "http/routes/openapi/document.hpp"

#include <set>

#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

namespace routes_openapi_tests {

using namespace closedpaw;
using namespace closedpaw::http;

struct fixture : test::api_fixture {
  json document = test::body_of(get("/openapi.json"));
};

void collect_refs(const json& value, std::set<std::string>& refs) {
  if (value.is_object())
    for (const auto& [key, member] : value.items())
      if (key == "$ref")
        refs.insert(member.get<std::string>());
      else
        collect_refs(member, refs);
  else if (value.is_array())
    for (const auto& member : value)
      collect_refs(member, refs);
}

}  // namespace routes_openapi_tests

CAF_TEST_FIXTURE_SCOPE(routes_openapi_tests, fixture)

CAF_TEST(the_document_has_the_real_version) {
  CAF_CHECK_EQUAL(document["openapi"].get<std::string>(), "3.0.3");
  CAF_CHECK_EQUAL(document["info"]["version"].get<std::string>(), "1.2.3");
}

CAF_TEST(every_route_is_in_the_document) {
  std::size_t documented = 0;
  for (const auto& [path, item] : document["paths"].items())
    documented += item.size();
  std::size_t expected = 0;
  for (const auto& r : table.routes()) {
    // Pages for people and their files are no operations.
    const bool is_page =
        r.pattern == "/docs/style.css" || r.pattern.starts_with("/dashboard");
    CAF_CHECK_EQUAL(r.operation == nullptr, is_page);
    expected += is_page ? 0 : 1;
  }
  CAF_CHECK_EQUAL(documented, expected);
}

CAF_TEST(operations_are_complete) {
  std::set<std::string> ids;
  for (const auto& [path, item] : document["paths"].items())
    for (const auto& [verb, op] : item.items()) {
      CAF_CHECK(ids.insert(op["operationId"].get<std::string>()).second);
      CAF_CHECK(op["responses"].contains("default"));
      CAF_CHECK(op["responses"].contains("403"));
      CAF_CHECK(!op["x-access"].get<std::string>().empty());
      CAF_CHECK_EQUAL(op["tags"].size(), 1u);
    }
  const auto& approve = document["paths"]["/api/actions/{id}/approve"]["post"];
  CAF_CHECK_EQUAL(approve["x-access"].get<std::string>(), "approve");
  CAF_CHECK_EQUAL(approve["parameters"][0]["name"].get<std::string>(), "id");
  CAF_CHECK(approve["responses"].contains("422"));
  CAF_CHECK(document["paths"].contains("/api/supervision/{path}"));
}

CAF_TEST(every_reference_resolves_and_every_schema_is_used) {
  std::set<std::string> refs;
  collect_refs(document, refs);
  std::set<std::string> schemas;
  for (const auto& [name, schema] : document["components"]["schemas"].items())
    schemas.insert("#/components/schemas/" + name);
  CAF_CHECK(refs == schemas);
}

CAF_TEST(the_page_needs_nothing_from_elsewhere) {
  const auto page = get("/docs");
  CAF_CHECK_EQUAL(page.status, 200u);
  CAF_CHECK_EQUAL(test::header_of(page, "Content-Type"),
                  "text/html; charset=utf-8");
  CAF_CHECK(test::header_of(page, "Content-Security-Policy")
                .starts_with("default-src 'none'; style-src 'self';"));
  for (auto foreign : {"<script", "http://", "https://", "style=", "src="})
    CAF_CHECK(page.body->find(foreign) == std::string::npos);
  CAF_CHECK(page.body->find("/api/actions/{id}/approve") != std::string::npos);
  CAF_CHECK_EQUAL(test::header_of(get("/docs/style.css"), "Content-Type"),
                  "text/css; charset=utf-8");
}

CAF_TEST(hostile_text_in_the_document_is_inert) {
  auto hostile = document;
  hostile["info"]["description"] = "<script>alert(1)</script>";
  const auto page = docs_page(hostile);
  CAF_CHECK(page.find("<script") == std::string::npos);
}

CAF_TEST_FIXTURE_SCOPE_END()
