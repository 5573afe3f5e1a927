// The vendors' own clients against the fixtures, which proves those, and
// OpenAI's against our front. Prints one line per client; ends with 1 when any
// of them did not get what it should.
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { Mistral } from "@mistralai/mistralai";
import { Ollama } from "ollama";
import OpenAI from "openai";

const { vendors, ollama, daemon, key, model, ollamaModel, text, ollamaText } =
  JSON.parse(process.argv[2]);
const messages = [{ role: "user", content: "Hello?" }];

async function collect(stream, piece) {
  let out = "";
  for await (const part of stream) out += piece(part) ?? "";
  return out;
}

async function rejects(promise, status) {
  const error = await promise.then(() => null, (e) => e);
  assert.ok(error, `expected status ${status}`);
  const got = error.status ?? error.statusCode ?? error.status_code;
  assert.equal(got, status, String(error));
}

async function openaiClient(client, name, wanted, wrongKey) {
  const models = [];
  for await (const each of client.models.list()) models.push(each.id);
  assert.ok(models.includes(name), models.join());
  const reply = await client.chat.completions.create({ model: name, messages });
  assert.equal(reply.choices[0].message.content, wanted);
  assert.equal(reply.choices[0].finish_reason, "stop");
  assert.equal(reply.usage.total_tokens, 12);
  let usage;
  const streamed = await collect(
    await client.chat.completions.create({
      model: name, messages, stream: true,
      stream_options: { include_usage: true },
    }),
    (part) => {
      usage = part.usage ?? usage;
      return part.choices[0]?.delta.content;
    });
  assert.equal(streamed.trimEnd(), wanted);
  assert.equal(usage.total_tokens, 12);
  await rejects(client.chat.completions.create({ model: "nope", messages }), 404);
  if (wrongKey) await rejects(wrongKey.models.list(), 401);
}

const clients = {
  async openai() {
    const make = (apiKey) =>
      new OpenAI({ apiKey, baseURL: vendors.openai, maxRetries: 0 });
    await openaiClient(make(key), model, text, make("wrong"));
  },

  async mistral() {
    // Its client adds /v1 itself.
    const serverURL = vendors.mistral.replace(/\/v1$/, "");
    const client = new Mistral({ apiKey: key, serverURL });
    const list = await client.models.list();
    assert.ok(list.data.some((each) => each.id === model));
    const reply = await client.chat.complete({ model, messages });
    assert.equal(reply.choices[0].message.content, text);
    const streamed = await collect(await client.chat.stream({ model, messages }),
      (part) => part.data.choices[0]?.delta.content);
    assert.equal(streamed, text);
    await rejects(new Mistral({ apiKey: "wrong", serverURL }).models.list(), 401);
  },

  async anthropic() {
    const make = (apiKey) => new Anthropic({
      apiKey, baseURL: vendors.anthropic.replace(/\/v1$/, ""), maxRetries: 0 });
    const client = make(key);
    const list = await client.models.list();
    assert.ok(list.data.some((each) => each.id === model));
    const asked = { model, max_tokens: 100, messages };
    const reply = await client.messages.create(asked);
    assert.equal(reply.content[0].text, text);
    assert.equal(reply.usage.output_tokens, 7);
    const final = await client.messages.stream(asked).finalMessage();
    assert.equal(final.content[0].text, text);
    assert.equal(final.stop_reason, "end_turn");
    await rejects(make("wrong").messages.create(asked), 401);
  },

  async google() {
    const make = (apiKey) => new GoogleGenAI({
      apiKey, httpOptions: { baseUrl: vendors.google.replace(/\/v1beta$/, ""),
                             apiVersion: "v1beta" } });
    const client = make(key);
    const asked = { model, contents: "Hello?" };
    const reply = await client.models.generateContent(asked);
    assert.equal(reply.text, text);
    assert.equal(reply.usageMetadata.candidatesTokenCount, 7);
    const streamed = await collect(
      await client.models.generateContentStream(asked), (part) => part.text);
    assert.equal(streamed, text);
    const error = await make("wrong").models.generateContent(asked)
      .then(() => null, (e) => e);
    assert.match(String(error), /API key/);
  },

  async ollama() {
    const client = new Ollama({ host: ollama });
    const list = await client.list();
    assert.ok(list.models.some((each) => each.name === ollamaModel));
    assert.ok((await client.show({ model: ollamaModel })).details);
    const reply = await client.chat({ model: ollamaModel, messages });
    assert.equal(reply.message.content, ollamaText);
    const streamed = await collect(
      await client.chat({ model: ollamaModel, messages, stream: true }),
      (part) => part.message.content);
    assert.equal(streamed.trimEnd(), ollamaText);
  },

  // The whole runtime by changing a base URL.
  async closedpaw() {
    const client = new OpenAI({ apiKey: "unused", baseURL: daemon + "/v1",
                                maxRetries: 0 });
    await openaiClient(client, ollamaModel, ollamaText);
    for (const vendor of ["openai", "mistral", "anthropic", "google"])
      await openaiClient(client, `${vendor}/${model}`, text);
    await rejects(client.chat.completions.create({
      model: ollamaModel, messages, tools: [{ type: "function",
        function: { name: "f" } }] }), 400);
    const one = await client.models.retrieve(`openai/${model}`);
    assert.equal(one.owned_by, "openai");
    const controller = new AbortController();
    const stream = await client.chat.completions.create(
      { model: ollamaModel, messages, stream: true },
      { signal: controller.signal });
    for await (const part of stream) {
      assert.ok(part.id);
      controller.abort();
      break;
    }
  },
};

let failed = false;
for (const [name, run] of Object.entries(clients)) {
  try {
    await run();
    console.log(`${name}: ok`);
  } catch (error) {
    failed = true;
    console.log(`${name}: ${error.stack}`);
  }
}
process.exit(failed ? 1 : 0);
