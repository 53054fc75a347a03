import { describe, expect, it, vi } from 'vitest';
import { Connection, ConnectionError, inProcessPair, RemoteError, type Transport } from '../../../src/protocol/rpc.ts';

type Asker = {
  asks: {
    double: { params: number; result: number };
    never: { params: null; result: null };
    fail: { params: string; result: null };
    uncloneable: { params: unknown; result: unknown };
  };
  answers: Record<never, never>;
  tells: { news: string };
  hears: { echo: string };
};
type Answerer = { asks: Asker['answers']; answers: Asker['asks']; tells: Asker['hears']; hears: Asker['tells'] };

class Mishap extends Error {
  override readonly name = 'Mishap';
}

function pair() {
  const [a, b] = inProcessPair();
  const asker = new Connection<Asker>(a);
  const answerer = new Connection<Answerer>(b);
  answerer.handle('double', (n) => 2 * n);
  answerer.handle('never', () => new Promise(() => undefined));
  answerer.handle('fail', (text) => {
    throw new Mishap(text);
  });
  answerer.handle('uncloneable', () => () => 1);
  return { asker, answerer, close: () => a.close() };
}

describe('requests', () => {
  it('are answered, each with its own reply', async () => {
    const { asker } = pair();
    expect(await Promise.all([1, 2, 3].map((n) => asker.request('double', n)))).toEqual([2, 4, 6]);
  });

  it('fail with the message and the name of the error at the other end', async () => {
    const { asker } = pair();
    const failure = await asker.request('fail', 'no such column').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RemoteError);
    expect(failure).toMatchObject({ message: 'no such column', remoteName: 'Mishap' });
  });

  it('fail when nobody answers that name', async () => {
    const [a, b] = inProcessPair();
    new Connection<Answerer>(b);
    await expect(new Connection<Asker>(a).request('double', 1)).rejects.toThrow('nothing here answers "double"');
  });

  it('time out, and a late reply is ignored', async () => {
    const { asker, answerer } = pair();
    let reply: (n: number) => void = () => undefined;
    answerer.handle('double', () => new Promise((resolve) => (reply = resolve)));
    await expect(asker.request('double', 1, 20)).rejects.toThrow(/no answer to "double" within 0.02 s/);
    reply(7);
    answerer.handle('double', (n) => 2 * n);
    expect(await asker.request('double', 4)).toBe(8);
  });

  it('are rejected when the channel closes, and refused afterwards', async () => {
    const { asker, close } = pair();
    const pending = asker.request('never', null, 0);
    close();
    await expect(pending).rejects.toThrow(ConnectionError);
    await expect(asker.request('double', 1)).rejects.toThrow('the other end closed');
  });

  it('fail, and leave nothing pending, when they cannot be sent', async () => {
    const { asker } = pair();
    await expect(asker.request('uncloneable', () => 1)).rejects.toThrow(/"uncloneable" could not be sent/);
    expect(await asker.request('double', 2)).toBe(4);
  });

  it('fail when their result cannot be sent', async () => {
    const { asker } = pair();
    await expect(asker.request('uncloneable', null)).rejects.toThrow(/could not be cloned/);
  });

  it('do not deafen the receiver when even the error cannot be sent', async () => {
    let deliver: (message: unknown) => void = () => undefined;
    const broken: Transport = {
      send: () => {
        throw new Error('pipe is broken');
      },
      onMessage: (listener) => (deliver = listener),
      onClose: () => undefined,
    };
    const connection = new Connection<Answerer>(broken);
    connection.handle('double', (n) => 2 * n);
    deliver({ kind: 'request', id: 1, method: 'double', params: 1 });
    await vi.waitFor(() => expect(connection.notify('echo', '')).toBe(false));
  });
});

describe('notifications', () => {
  it('arrive in order', async () => {
    const { asker, answerer } = pair();
    const heard: string[] = [];
    answerer.on('news', (text) => heard.push(text));
    for (const text of ['a', 'b', 'c']) asker.notify('news', text);
    await asker.request('double', 1);
    expect(heard).toEqual(['a', 'b', 'c']);
  });

  it('do no harm when a listener throws: it is told, and the next ones arrive', async () => {
    const [a, b] = inProcessPair();
    const mishaps: string[] = [];
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const asker = new Connection<Asker>(a);
    const answerer = new Connection<Answerer>(b, (text) => mishaps.push(text));
    const heard: string[] = [];
    answerer.handle('double', (n) => 2 * n);
    answerer.on('news', (text) => {
      heard.push(text);
      if (text === 'bad') throw new Mishap('cannot stand it');
    });
    for (const text of ['bad', 'good']) asker.notify('news', text);
    await asker.request('double', 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listen);
    expect(heard).toEqual(['bad', 'good']);
    expect(mishaps).toHaveLength(1);
    expect(mishaps[0]).toMatch(/^a listener to "news" failed: (Error|Mishap): cannot stand it/);
    expect(unhandled).toEqual([]);
  });

  it('say whether the channel is congested, and false once it is closed', () => {
    const congested: Transport = { send: () => false, onMessage: () => undefined, onClose: () => undefined };
    expect(new Connection<Asker>(congested).notify('news', '')).toBe(false);
    const { asker, close } = pair();
    expect(asker.notify('news', '')).toBe(true);
    close();
    expect(asker.notify('news', '')).toBe(false);
  });

  it('are cloned: the receiver cannot change what the sender holds', async () => {
    const [a, b] = inProcessPair();
    const received: unknown[] = [];
    b.onMessage((message) => received.push(message));
    const values = new Float32Array([1, 2]);
    a.send({ values });
    await vi.waitFor(() => expect(received).toEqual([{ values: new Float32Array([1, 2]) }]));
    expect((received[0] as { values: Float32Array }).values.buffer).not.toBe(values.buffer);
  });
});

it('ignores messages that are none', async () => {
  const [a, b] = inProcessPair();
  const answerer = new Connection<Answerer>(b);
  answerer.handle('double', (n) => 2 * n);
  for (const junk of [null, 3, 'text', {}, { kind: 'other' }, { kind: 'reply', id: 99 }]) a.send(junk);
  expect(await new Connection<Asker>(a).request('double', 5)).toBe(10);
});

it.each([
  { kind: 'reply', id: 1, error: 'no' },
  { kind: 'reply', id: 1, error: { name: 'Error' } },
  { kind: 'reply', id: '1', result: 3 },
  { kind: 'request', id: 1 },
  { kind: 'request', method: 'double', params: 2 },
  { kind: 'notification', params: 'a' },
])('ignores a message that lacks what its kind needs: %j', async (junk) => {
  const sent: unknown[] = [];
  let deliver: (message: unknown) => void = () => undefined;
  const transport: Transport = {
    send: (message) => sent.push(message) > 0,
    onMessage: (listener) => (deliver = listener),
    onClose: () => undefined,
  };
  const connection = new Connection<Asker>(transport);
  const answer = connection.request('double', 2);
  deliver(junk);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(sent).toHaveLength(1);
  deliver({ kind: 'reply', id: 1, result: 4 });
  expect(await answer).toBe(4);
});
