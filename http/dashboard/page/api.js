// Errors carry what the server said, in its words.
export class ApiError extends Error {
  constructor(message, status, body = null) {
    super(message);
    this.status = status;
    this.code = body?.code;
    this.wantsOwnerSecret = body?.owner_secret === "required";
  }
}

// FastAPI's form: a sentence, or a list of what is wrong with which field.
function sentence(body, status) {
  const detail = body?.detail;
  if (typeof detail === "string") return detail;
  if (Array.isArray(detail))
    return detail
      .map((x) => `${(x.loc ?? []).slice(1).join(".")}: ${x.msg}`)
      .join("; ");
  return `the server answered ${status}`;
}

const patience_ms = 10_000;

async function call(method, path, body, parse = JSON.parse) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      cache: "no-store",
      signal: AbortSignal.timeout(patience_ms),
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (e) {
    throw new ApiError(
      e.name === "TimeoutError"
        ? `the daemon has not answered for ${patience_ms / 1000} s; does it hang?`
        : "the daemon does not answer; is it running?", 0);
  }
  const text = await answer.text();
  let value = null;
  try {
    value = parse(text);
  } catch {
    if (answer.ok) throw new ApiError("the daemon's answer is no JSON", answer.status);
  }
  if (!answer.ok)
    throw new ApiError(sentence(value, answer.status), answer.status, value);
  return { value, headers: answer.headers };
}

// From another machine: the browser keeps the cookie, no script sees it.
export async function logIn(token) {
  let answer;
  try {
    answer = await fetch("/api/sessions", {
      method: "POST", cache: "no-store",
      signal: AbortSignal.timeout(patience_ms),
      headers: { Authorization: `Bearer ${token}` },
    });
  } catch {
    throw new ApiError("the daemon does not answer; is it running?", 0);
  }
  if (!answer.ok) {
    const body = await answer.json().catch(() => null);
    throw new ApiError(sentence(body, answer.status), answer.status, body);
  }
}

export const logOut = () => call("DELETE", "/api/sessions");

const withQuery = (path, query) => {
  const params = new URLSearchParams(
    Object.entries(query).filter(([, v]) => v !== "" && v !== null && v !== undefined));
  const text = params.toString();
  return text ? `${path}?${text}` : path;
};

export const get = async (path, query = {}) => (await call("GET", withQuery(path, query))).value;

// Numbers that JavaScript would round stay as they were written. Without
// JSON.rawJSON (browsers before 2025) there is no way to.
export const showsExactNumbers = "rawJSON" in JSON;
const exactly = (text) =>
  JSON.parse(text, (_, value, context) =>
    showsExactNumbers && typeof value === "number" && context.source !== String(value)
      ? JSON.rawJSON(context.source) : value);
export const getExactly = async (path, query = {}) =>
  (await call("GET", withQuery(path, query), undefined, exactly)).value;

// A page of a list: its rows, and the cursor of the next one. A page may be empty
// although there is a next.
export async function getPage(path, query) {
  const { value, headers } = await call("GET", withQuery(path, query));
  const next = /<[^>]*[?&]before=(\d+)[^>]*>; *rel="next"/.exec(headers.get("Link") ?? "");
  return { rows: value, next: next ? Number(next[1]) : null };
}

export const post = async (path, body) => (await call("POST", path, body)).value;
export const remove = async (path) => (await call("DELETE", path)).value;
