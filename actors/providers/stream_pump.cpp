#include "actors/providers/stream_pump.hpp"

namespace closedpaw::providers {

bool stream_pump::write(std::string_view bytes) {
  auto text = decoder_->feed(bytes);
  if (!text) {
    trouble_ = text.error();
    return false;
  }
  if (text->empty())
    return !reader_->gone();
  showed_ = true;
  if (decoder_->refused())
    reader_->refuses(this);
  return reader_->push(this, *text);
}

result<chat_reply> stream_pump::finish() {
  if (trouble_)
    return *trouble_;
  return decoder_->finish();
}

}  // namespace closedpaw::providers
