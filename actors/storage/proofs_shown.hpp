#pragma once

#include "actors/audit/signed_head.hpp"
#include "actors/storage/store/proof_reader.hpp"
#include "actors/storage/store/verify.hpp"

namespace closedpaw::storage {

// What clients are shown of proofs, with hashes in hex. Pure.

json to_json(const inclusion_proof& x);
json to_json(const consistency_proof& x);
json to_json(const verify_report& x);
/// The head with the key that checks it.
json to_json(const audit::signed_head& x, const audit::verifying_key& key);

}  // namespace closedpaw::storage
