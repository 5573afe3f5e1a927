#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <mutex>
#include <thread>

#include "actors/sandbox/agent_table.hpp"
#include "actors/sandbox/runtime/isolation.hpp"
#include "actors/sandbox/skills/catalogue.hpp"
#include "config/settings.hpp"

namespace closedpaw::wiring {

struct runtime;

/// The skills beside our program and those in the data folder, read whole.
std::unique_ptr<sandbox::catalogue> read_skills(const std::string& data_dir);

/// What agents work with, over the lives of their owner.
struct agent_services {
  /// Removes what a daemon that crashed left behind.
  agent_services(const config::settings& s,
                 std::unique_ptr<sandbox::catalogue> found);

  /// Tries the kinds of isolation, beside everything else. Any thread.
  void begin_trial(runtime& r);

  sandbox::agent_table table;
  const std::unique_ptr<sandbox::catalogue> skills;
  sandbox::isolation isolation;
  /// Where agents reach the network: what they keep busy is not ours.
  boost::asio::io_context network{1};

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      network_stays_;
  std::jthread network_thread_;
  std::mutex trial_mutex_;
  // Last: it works with the others.
  std::jthread trial_;
};

}  // namespace closedpaw::wiring
