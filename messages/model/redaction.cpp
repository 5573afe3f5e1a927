#include "messages/model/redaction.hpp"

#include <re2/re2.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <vector>

namespace closedpaw {

namespace {

struct form {
  const char* pattern;
  /// What of the match stays: "\\1" or nothing, before and behind.
  const char* instead;
};

// No pattern matches a quotation mark or a single backslash of JSON's, so that
// a string of JSON stays one.
constexpr std::array forms{
    // Ours, see token_text.
    form{R"(\bcpt_[0-9a-f]{12}_[0-9a-f]{64}\b)", "[redacted]"},
    // OpenAI, Anthropic, Stripe and others of that family.
    form{R"(\b(?:sk|pk|rk)-(?:[A-Za-z]{2,10}-)?[A-Za-z0-9_\-]{16,})",
         "[redacted]"},
    // Google API keys; GitHub, GitLab, Slack, npm, Hugging Face, AWS.
    form{R"(\bAIza[A-Za-z0-9_\-]{35})", "[redacted]"},
    form{R"(\b(?:gh[opsur]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,}|)"
         R"(glpat-[A-Za-z0-9_\-]{20,}|xox[abeoprs]-[A-Za-z0-9\-]{10,}|)"
         R"(xapp-[A-Za-z0-9\-]{10,}|npm_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{30,}|)"
         R"((?:AKIA|ASIA)[A-Z0-9]{16})\b)",
         "[redacted]"},
    // Telegram bots (in paths, too); Discord bots.
    form{R"(\b(bot)?[0-9]{8,10}:[A-Za-z0-9_\-]{35}\b)", "\\1[redacted]"},
    form{R"(\b[MNO][A-Za-z0-9_\-]{23,27}\.[A-Za-z0-9_\-]{6}\.)"
         R"([A-Za-z0-9_\-]{27,40}\b)",
         "[redacted]"},
    // RFC 7519.
    form{R"(\beyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{10,}\.)"
         R"([A-Za-z0-9_\-]*)",
         "[redacted]"},
    // RFC 7468, also with JSON's line breaks.
    form{R"(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----)"
         R"((?:[A-Za-z0-9+/=\s:,\-]|\\[nr])*)",
         "[redacted]"},
    // RFC 9110, 11.6.2.
    form{R"((?i)\b((?:bearer|basic|bot)\s+)[A-Za-z0-9._~+/\-]{16,}=*)",
         "\\1[redacted]"},
    // RFC 3986, 3.2.1.
    form{R"((?i)\b([a-z][a-z0-9+.\-]{1,15}://[^\s/?#@"\\:]*):[^\s/?#@"\\]+@)",
         "\\1:[redacted]@"},
    // Queries, forms and environments; header fields; fields of JSON.
    form{R"((?i)((?:api[_\-]?key|token|password|passwd|passphrase|)"
         R"(secret(?:[_\-]key)?|private[_\-]?key)=)[^\s&"\\;,]{4,})",
         "\\1[redacted]"},
    form{R"((?i)\b(x-[a-z\-]*(?:api-key|token)\s*:\s*)[^\s&"\\;,]{8,})",
         "\\1[redacted]"},
    form{R"x((?i)("(?:[a-z0-9_\-]*[_\-])?(?:api[_\-]?key|token|password|)x"
         R"x(passwd|passphrase|secret(?:[_\-]key)?|private[_\-]?key)")x"
         R"x(\s*:\s*")(?:[^"\\]|\\.)+")x",
         "\\1[redacted]\""},
};

using compiled = std::unique_ptr<re2::RE2>;

/// One that does not compile would let everything pass.
compiled made(const std::string& pattern) {
  re2::RE2::Options options;
  // Bytes: what is no UTF-8 may hold secrets as well.
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  auto out = std::make_unique<re2::RE2>(pattern, options);
  if (!out->ok())
    throw std::logic_error{"redaction: " + out->error() + ": " + pattern};
  return out;
}

/// Without the word's border at its beginning: in JSON's text the letter of an
/// escape hides it.
std::string anywhere(std::string pattern) {
  for (const char* begin : {"\\b", "(?i)\\b"})
    if (pattern.starts_with(begin))
      pattern.erase(std::string_view{begin}.size() - 2, 2);
  return pattern;
}

/// Finds whether one of them would match.
const re2::RE2& any_form() {
  static const compiled once = [] {
    std::string every;
    for (const auto& x : forms)
      every += (every.empty() ? "(?:" : "|(?:") + anywhere(x.pattern) + ')';
    return made(every);
  }();
  return *once;
}

/// Each of them, compiled when the first secret was found.
const std::vector<compiled>& each_form() {
  static const std::vector<compiled> once = [] {
    std::vector<compiled> out;
    for (const auto& x : forms)
      out.push_back(made(x.pattern));
    return out;
  }();
  return once;
}

}  // namespace

bool holds_secret(std::string_view text) {
  return re2::RE2::PartialMatch({text.data(), text.size()}, any_form());
}

std::string redact(std::string text) {
  if (!holds_secret(text))
    return text;
  for (std::size_t i = 0; i < forms.size(); ++i)
    re2::RE2::GlobalReplace(&text, *each_form()[i], forms[i].instead);
  return text;
}

// On values, not on their serialized form, where an escape looks like a letter.
json redact_all(json value) {
  if (value.is_string()) {
    value = redact(value.get<std::string>());
  } else if (value.is_object()) {
    for (auto& [key, x] : value.items())
      x = x.is_string() && holds_secret(dump(json{{key, "x"}}))
              ? json(redacted)
              : redact_all(std::move(x));
  } else if (value.is_array()) {
    for (auto& x : value)
      x = redact_all(std::move(x));
  }
  return value;
}

}  // namespace closedpaw
