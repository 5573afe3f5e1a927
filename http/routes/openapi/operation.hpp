#pragma once

#include <string>
#include <string_view>

#include "messages/model/json.hpp"

namespace closedpaw::http {

/// Builds the OpenAPI 3.0.3 operation of one route. Path parameters, the common
/// errors and the access level are added where the document is assembled.
class operation {
 public:
  operation(std::string_view id, std::string_view tag,
            std::string_view summary);

  operation& describe(std::string_view text);
  operation& query(std::string_view name, json schema, std::string_view text,
                   bool required = false);
  operation& header(std::string_view name, json schema, std::string_view text);
  operation& body(json schema, bool required = true);
  operation& returns(unsigned status, std::string_view text, json schema,
                     std::string_view media_type = "application/json");
  /// An answer with the common error body.
  operation& fails(unsigned status, std::string_view text);

  json take() { return std::move(fragment_); }

 private:
  operation& parameter(std::string_view in, std::string_view name, json schema,
                       std::string_view text, bool required);

  json fragment_;
};

/// A schema of components/schemas.
json ref(std::string_view schema);
json array_of(json items);
json string_schema();
json boolean_schema();
json integer_schema(std::int64_t low, std::int64_t high);
json enum_schema(std::vector<std::string> values);
/// An object without further description.
json free_object();

/// components/schemas: everything `ref` can name.
json component_schemas();

}  // namespace closedpaw::http
