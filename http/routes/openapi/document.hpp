#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/routes/route.hpp"

namespace closedpaw::http {

/// The OpenAPI 3.0.3 document of a route table. Pure.
json openapi_document(const std::vector<route>& routes,
                      std::string_view version);

/// The document as a page: self-contained HTML without scripts.
std::string docs_page(const json& document);

}  // namespace closedpaw::http
