// Public clients of the channels' services, each a bot that answers "pong: X"
// to X. They prove that the fixtures behave as the services do.
//   node channel_clients.mjs '{"telegram": {"url", "token"}, …}'
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const services = JSON.parse(process.argv[2]);
const ready = (name) => console.log(`ready ${name}`);

const bots = {
  async telegram({ url, token }) {
    const { Bot } = require('grammy');
    const bot = new Bot(token, { client: { apiRoot: url } });
    bot.on('message:text', (c) => c.reply(`pong: ${c.message.text}`));
    await bot.start({ onStart: () => ready('telegram') });
  },

  async discord({ url, token }) {
    const { REST } = require('@discordjs/rest');
    const { WebSocketManager, WebSocketShardEvents } =
      require('@discordjs/ws');
    const rest = new REST({ api: url, version: '10' }).setToken(token);
    const manager = new WebSocketManager({ token, intents: 37376, rest });
    manager.on(WebSocketShardEvents.Ready, () => ready('discord'));
    manager.on(WebSocketShardEvents.Dispatch, ({ data }) => {
      if (data.t === 'MESSAGE_CREATE' && !data.d.author.bot) {
        rest.post(`/channels/${data.d.channel_id}/messages`,
          { body: { content: `pong: ${data.d.content}` } });
      }
    });
    await manager.connect();
  },

  async slack({ url, appToken, botToken }) {
    const { SocketModeClient } = require('@slack/socket-mode');
    const client = new SocketModeClient({
      appToken, clientOptions: { slackApiUrl: `${url}/` },
    });
    client.on('message', async ({ event, ack }) => {
      await ack();
      await fetch(`${url}/chat.postMessage`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${botToken}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          channel: event.channel, text: `pong: ${event.text}`,
        }),
      });
    });
    await client.start();
    ready('slack');
  },

  async matrix({ url, token, userId }) {
    const sdk = require('matrix-js-sdk');
    const client = sdk.createClient({
      baseUrl: url, accessToken: token, userId,
    });
    client.on('sync', (state) => {
      if (state === 'PREPARED') ready('matrix');
    });
    client.on('Room.timeline', (event, room, atStart) => {
      if (atStart || event.getType() !== 'm.room.message') return;
      if (event.getSender() === userId) return;
      client.sendTextMessage(room.roomId,
        `pong: ${event.getContent().body}`);
    });
    await client.startClient({ initialSyncLimit: 0 });
  },
};

for (const [name, told] of Object.entries(services)) {
  bots[name](told).catch((e) => {
    console.error(name, e);
    process.exit(1);
  });
}
