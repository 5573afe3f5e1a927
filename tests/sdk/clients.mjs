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

const city = { type: "object", properties: { city: { type: "string" } },
               required: ["city"] };
const described = ["weather", "time"].map(
  (name) => ({ name, description: `Tells the ${name}.`, parameters: city }));
const functions = described.map((f) => ({ type: "function", function: f }));
const told = "weather in Zürich and time in Zürich";

function isCall(name, args, wanted) {
  assert.equal(name, wanted);
  assert.deepEqual(typeof args === "string" ? JSON.parse(args) : args,
                   { city: "Zürich" });
}

// Asks, calls what it is told to, and asks again, as OpenAI's client does.
async function openaiTools(client, name) {
  const runnable = described.map((f) => ({ type: "function", function: {
    ...f, parse: JSON.parse, function: ({ city }) => `${f.name} in ${city}` } }));
  for (const stream of [false, true]) {
    const runner = client.chat.completions.runTools(
      { model: name, messages, tools: runnable, stream });
    assert.equal((await runner.finalContent()).trimEnd(), told);
    const reasons = runner.allChatCompletions().map(
      (x) => x.choices[0].finish_reason);
    assert.deepEqual(reasons, ["tool_calls", "stop"]);
  }
  const none = await client.chat.completions.create(
    { model: name, messages, tools: functions, tool_choice: "none" });
  assert.equal(none.choices[0].finish_reason, "stop");
  assert.equal(none.choices[0].message.tool_calls, undefined);
}

// A GIF of one pixel.
const pixel = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
const sight = "I see 42 bytes.";

const json = '{"city": "Zürich"}';

async function openaiSchema(client, name) {
  const reply = await client.chat.completions.create({ model: name, messages,
    response_format: { type: "json_schema",
      json_schema: { name: "city", schema: city } } });
  assert.equal(reply.choices[0].message.content, json);
}

async function openaiOneCall(client, name) {
  const reply = await client.chat.completions.create({ model: name, messages,
    tools: functions, parallel_tool_calls: false });
  assert.equal(reply.choices[0].message.tool_calls.length, 1);
}

async function openaiImage(client, name) {
  const reply = await client.chat.completions.create({ model: name,
    messages: [{ role: "user", content: [
      { type: "text", text: "What is it?" },
      { type: "image_url",
        image_url: { url: `data:image/gif;base64,${pixel}` } }] }] });
  assert.equal(reply.choices[0].message.content, sight);
}

const clients = {
  async openai() {
    const make = (apiKey) =>
      new OpenAI({ apiKey, baseURL: vendors.openai, maxRetries: 0 });
    await openaiClient(make(key), model, text, make("wrong"));
    await openaiTools(make(key), model);
    await openaiImage(make(key), model);
    await openaiSchema(make(key), model);
    await openaiOneCall(make(key), model);
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
    const called = await client.chat.complete(
      { model, messages, tools: functions });
    const calls = called.choices[0].message.toolCalls;
    calls.forEach((x, i) =>
      isCall(x.function.name, x.function.arguments, described[i].name));
    const answer = await client.chat.complete({ model, tools: functions,
      messages: [...messages, called.choices[0].message,
        ...calls.map((x) => ({ role: "tool", toolCallId: x.id,
          name: x.function.name, content: `${x.function.name} in Zürich` }))] });
    assert.equal(answer.choices[0].message.content, told);
    const seen = await client.chat.complete({ model, messages: [
      { role: "user", content: [{ type: "image_url",
        imageUrl: { url: `data:image/gif;base64,${pixel}` } }] }] });
    assert.equal(seen.choices[0].message.content, sight);
    const fitting = await client.chat.complete({ model, messages,
      responseFormat: { type: "json_schema",
        jsonSchema: { name: "city", schemaDefinition: city } } });
    assert.equal(fitting.choices[0].message.content, json);
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
    const tools = described.map(({ name, description, parameters }) =>
      ({ name, description, input_schema: parameters }));
    for (const called of [
      await client.messages.create({ ...asked, tools }),
      await client.messages.stream({ ...asked, tools }).finalMessage()]) {
      assert.equal(called.stop_reason, "tool_use");
      called.content.forEach((x, i) => isCall(x.name, x.input, described[i].name));
      const results = called.content.map((x) => ({ type: "tool_result",
        tool_use_id: x.id, content: `${x.name} in Zürich` }));
      const answer = await client.messages.create({ ...asked, tools,
        messages: [...messages, { role: "assistant", content: called.content },
                   { role: "user", content: results }] });
      assert.equal(answer.content[0].text, told);
    }
    const seen = await client.messages.create({ ...asked, messages: [
      { role: "user", content: [{ type: "image", source: {
        type: "base64", media_type: "image/gif", data: pixel } }] }] });
    assert.equal(seen.content[0].text, sight);
    const fitting = await client.messages.create({ ...asked, output_config:
      { format: { type: "json_schema", schema: city } } });
    assert.equal(fitting.content[0].text, json);
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
    const config = { tools: [{ functionDeclarations: described.map(
      ({ parameters, ...f }) => ({ ...f, parametersJsonSchema: parameters })) }] };
    const called = await client.models.generateContent({ ...asked, config });
    called.functionCalls.forEach((x, i) => isCall(x.name, x.args, described[i].name));
    const answer = await client.models.generateContent({ model, config,
      contents: [{ role: "user", parts: [{ text: "Hello?" }] },
        called.candidates[0].content,
        { role: "user", parts: called.functionCalls.map((x) => ({
          functionResponse: { name: x.name,
                              response: { output: `${x.name} in Zürich` } } })) }] });
    assert.equal(answer.text, told);
    const seen = await client.models.generateContent({ model, contents: [
      { role: "user", parts: [{ inlineData: {
        mimeType: "image/gif", data: pixel } }] }] });
    assert.equal(seen.text, sight);
    const fitting = await client.models.generateContent({ ...asked, config: {
      responseMimeType: "application/json", responseJsonSchema: city } });
    assert.equal(fitting.text, json);
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
    const called = await client.chat(
      { model: ollamaModel, messages, tools: functions });
    const calls = called.message.tool_calls;
    calls.forEach((x, i) =>
      isCall(x.function.name, x.function.arguments, described[i].name));
    const answer = await client.chat({ model: ollamaModel, tools: functions,
      messages: [...messages, called.message, ...calls.map((x) => ({
        role: "tool", tool_name: x.function.name,
        content: `${x.function.name} in Zürich` }))] });
    assert.equal(answer.message.content, told);
    const seen = await client.chat({ model: ollamaModel, messages: [
      { role: "user", content: "What is it?", images: [pixel] }] });
    assert.equal(seen.message.content, sight);
    const fitting = await client.chat(
      { model: ollamaModel, messages, format: city });
    assert.equal(fitting.message.content, json);
  },

  // The whole runtime by changing a base URL.
  async closedpaw() {
    const client = new OpenAI({ apiKey: "unused", baseURL: daemon + "/v1",
                                maxRetries: 0 });
    await openaiClient(client, ollamaModel, ollamaText);
    await openaiTools(client, ollamaModel);
    await openaiImage(client, ollamaModel);
    await openaiSchema(client, ollamaModel);
    for (const vendor of ["openai", "mistral", "anthropic", "google"]) {
      await openaiClient(client, `${vendor}/${model}`, text);
      await openaiTools(client, `${vendor}/${model}`);
      await openaiImage(client, `${vendor}/${model}`);
      await openaiSchema(client, `${vendor}/${model}`);
      if (vendor !== "google") await openaiOneCall(client, `${vendor}/${model}`);
    }
    await rejects(client.chat.completions.create({ model: ollamaModel, messages,
      tools: functions, tool_choice: "required" }), 400);
    await rejects(client.chat.completions.create(
      { model: ollamaModel, messages, n: 2 }), 400);
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
