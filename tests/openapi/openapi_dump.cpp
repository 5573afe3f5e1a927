// openapi_dump FILE: writes the OpenAPI document of the daemon's route table.

#include <fstream>
#include <iostream>

#include "http/routes/openapi/document.hpp"
#include "http/routes/resources.hpp"

int main(int argc, char** argv) {
  using namespace closedpaw;
  if (argc != 2) {
    std::cerr << "usage: openapi_dump FILE\n";
    return 2;
  }
  http::event_hub hub{timestamp{}};
  http::channel_feeds feeds{timestamp{}};
  const auto document =
      http::openapi_document(http::all_routes(hub, feeds, "0.0.0"), "0.0.0");
  std::ofstream out{argv[1]};
  out << document.dump(2) << '\n';
  out.close();
  if (!out) {
    std::cerr << "cannot write " << argv[1] << '\n';
    return 1;
  }
  return 0;
}
