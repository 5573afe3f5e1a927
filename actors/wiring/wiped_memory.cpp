// What is freed is wiped, as Linux's init_on_free does it: a secret passes
// through buffers, parsers and messages that no type of ours reaches. The
// program's own operators take the place of the library's
// ([replacement.functions]); they cost what clearing a block costs.
#include <malloc.h>
#include <string.h>

#include <cstdlib>
#include <new>

namespace {

void release(void* block, std::size_t size) noexcept {
  if (!block)
    return;
  // Unlike memset, never optimized away.
  explicit_bzero(block, size);
  std::free(block);
}

void release(void* block) noexcept {
  release(block, block ? malloc_usable_size(block) : 0);
}

}  // namespace

void operator delete(void* block) noexcept {
  release(block);
}
void operator delete[](void* block) noexcept {
  release(block);
}
void operator delete(void* block, std::size_t size) noexcept {
  release(block, size);
}
void operator delete[](void* block, std::size_t size) noexcept {
  release(block, size);
}
void operator delete(void* block, std::align_val_t) noexcept {
  release(block);
}
void operator delete[](void* block, std::align_val_t) noexcept {
  release(block);
}
void operator delete(void* block, std::size_t size, std::align_val_t) noexcept {
  release(block, size);
}
void operator delete[](void* block, std::size_t size,
                       std::align_val_t) noexcept {
  release(block, size);
}
