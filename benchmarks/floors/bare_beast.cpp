// The floor for our HTTP figures: Beast, which answers every request with the
// response in a file (a recorded answer of the daemon, header and body).
//
//   bare_beast FILE    prints `listening on http://127.0.0.1:PORT`

#include <iostream>

#include "benchmarks/floors/beast_server.hpp"

int main(int argc, char** argv) {
  using closedpaw::benchmarks::beast_server;
  auto answer = argc == 2 ? beast_server::load(argv[1]) : std::nullopt;
  if (!answer) {
    std::cerr << "usage: bare_beast FILE (one complete HTTP response)\n";
    return 2;
  }
  boost::asio::io_context context{1};
  const beast_server server{context, std::move(*answer),
                            [](const auto& session) { session->answer(); }};
  std::cout << "listening on http://127.0.0.1:" << server.port() << std::endl;
  context.run();
}
