#pragma once

#include <string>

#include "messages/model/supervision.hpp"

namespace closedpaw::http {

/// For a terminal: first what is broken or alerts, since when, why and when it
/// is tried again, then the whole tree with a column for each figure.
std::string tree_text(const node_snapshot& root, timestamp now);

/// Graphviz' language.
std::string tree_dot(const node_snapshot& root);

/// A Mermaid flowchart.
std::string tree_mermaid(const node_snapshot& root);

/// Neither running nor meant to be quiet: starting, stopping and stopped are
/// not broken.
bool is_broken(const node_snapshot& node);

}  // namespace closedpaw::http
