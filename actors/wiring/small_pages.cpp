// Where the system gives pages of 2 MiB to everybody, half of an idle daemon's
// memory would be what it never asked for. Told before the allocator touches
// its first page: what is in .preinit_array is called before the constructors
// of shared libraries (System V gABI, "Initialization and Termination
// Functions").
#include <sys/prctl.h>

namespace {

void without_huge_pages() {
  prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

[[gnu::section(".preinit_array"),
  gnu::used]] void (*const before_all)() = without_huge_pages;

}  // namespace
