import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Link } from '../../../sr_app/serving/page/link.js';

// A server that answers what it is told to, and notes what it was asked.
function setting(answers = []) {
  const kept = new Map();
  const store = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const asked = [];
  const shown = [];
  const timers = [];
  const server = {
    hello: async (token) => {
      asked.push(['hello', token]);
      return { options: {}, view: { session: token ?? 'new', serial: 1, work: null, results: [] } };
    },
    act: async (request) => {
      asked.push(request);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return await answer;
    },
  };
  const link = new Link(server, store, (view) => shown.push(view), (act) => timers.push(act));
  return { link, store, asked, shown, timers };
}

const view = (serial, more = {}) => ({ session: 'new', serial, work: null, results: [], ...more });

async function begun(answers) {
  const all = setting(answers);
  const { start } = await all.link.begin();
  start();
  return all;
}

test('a reload comes back under its name; a duplicated tab starts afresh', async () => {
  const { link, store, asked } = await begun();
  assert.deepEqual(asked, [['hello', null]]);
  await new Link({ hello: async (token) => { asked.push(['hello', token]); return {}; } }, store).begin();
  assert.deepEqual(asked[1], ['hello', null], 'the name is in use');
  link.release();
  await new Link({ hello: async (token) => { asked.push(['hello', token]); return {}; } }, store).begin();
  assert.deepEqual(asked[2], ['hello', 'new']);
});

test('a tab that the browser threw away for want of memory comes back under its name', async () => {
  const { link, asked } = await begun();
  await link.begin({ wasDiscarded: false });
  await link.begin({ wasDiscarded: true });
  assert.deepEqual(asked, [['hello', null], ['hello', null], ['hello', 'new']]);
});

test('actions arrive in the order in which they were done', async () => {
  let free;
  const slow = new Promise((resolve) => { free = () => resolve(view(2)); });
  const { link, asked } = await begun([slow, view(3)]);
  link.act('go');
  const last = link.act('cancel');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(asked.slice(1), [['new', 'go', null, 1]], 'the second waits for the first');
  free();
  await last;
  assert.deepEqual(asked[2], ['new', 'cancel', null, 2]);
});

test('an older state never replaces a newer one', async () => {
  const { link, shown } = await begun();
  link.take(view(5));
  link.take(view(4));
  assert.equal(link.view.serial, 5);
  assert.equal(shown.length, 2);
  link.take(view(1, { session: 'other' }));
  assert.equal(link.view.session, 'other', 'a server that was started anew counts from one');
});

test('progress is asked for while something is made, and not otherwise', async () => {
  const work = { text: 'part 1', share: 0.1 };
  const { link, timers, asked } = await begun([
    view(2, { work }), { session: 'new', serial: 2, work: { text: 'part 2', share: 0.2 } }, view(3),
  ]);
  assert.equal(timers.length, 0);
  await link.act('go');
  await timers.shift()();
  assert.deepEqual(asked.at(-1), ['new', 'poll', 2, 2]);
  assert.equal(link.view.work.text, 'part 2');
  assert.deepEqual(link.view.results, [], 'the rest stays');
  await timers.shift()();
  assert.equal(link.view.work, null);
  assert.equal(timers.length, 0);
});

test('one timer at a time, whatever is pressed', async () => {
  const work = { text: 'part 1', share: 0.1 };
  const { link, timers } = await begun([view(2, { work }), view(3, { work })]);
  await link.act('go');
  await link.act('show', 'x');
  assert.equal(timers.length, 1);
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a press that is not answered is sent again under its number, and the page says so meanwhile', async () => {
  const { link, timers, shown, asked } = await begun([new Error('busy'), new Error('busy'), view(2)]);
  const done = link.act('cancel');
  for (let tries = 0; tries < 2; tries++) {
    await settled();
    assert.equal(shown.at(-1).lost, true);
    timers.pop()();
  }
  await done;
  assert.equal(link.view.lost, false);
  assert.deepEqual(asked.slice(1), Array.from({ length: 3 }, () => ['new', 'cancel', null, 1]));
});

test('a press that is never answered is given up aloud', async () => {
  const { link, timers } = await begun(Array.from({ length: 30 }, () => new Error('fault')));
  let dropped = 0;
  link.onDropped = () => { dropped += 1; };
  const done = link.act('go');
  for (let tries = 0; tries < 30; tries++) {
    await settled();
    timers.pop()();
  }
  await done;
  assert.equal(dropped, 1);
});

test('a fault while showing does not stop what comes after', async () => {
  const { link } = await begun([view(2), view(3)]);
  const { show } = link;
  link.show = () => { throw new Error('fault'); };
  await assert.rejects(link.act('go'));
  link.show = show;
  await link.act('cancel');
  assert.equal(link.view.serial, 3);
});

test('the tab says that it is there, past whatever is in the line, and is told when it was forgotten', async () => {
  const { link, asked } = await begun([view(3, { session: 'other' })]);
  const said = [];
  let known = true;
  link.server.attend = async (request) => { said.push(request); return known; };
  await link.attend(false);
  assert.equal(asked.length, 1, 'nothing else is asked');
  known = false;
  await link.attend(true);
  await link.line;
  assert.deepEqual(said, [['new', false], ['new', true]]);
  assert.deepEqual(asked.at(-1), ['new', 'poll', 1, 1]);
  assert.equal(link.view.session, 'other');
  link.server.attend = async () => { throw new Error('offline'); };
  await link.attend(false);
  assert.equal(asked.length, 2, 'a server that does not answer has forgotten nothing');
});

test('it says so again and again, when it is hidden, and goodbye', async () => {
  const { link, store } = await begun();
  const heard = {};
  const said = [];
  const beacons = [];
  link.server.attend = async (request) => { said.push(request); return true; };
  const page = { visibilityState: 'visible', addEventListener: (name, act) => { heard[name] = act; } };
  const window = {
    setInterval: (act, wait) => { heard.beat = act; assert.ok(wait <= 20000); },
    addEventListener: (name, act) => { heard[name] = act; },
    navigator: { sendBeacon: (...all) => beacons.push(all) },
  };
  link.keepUp(page, window);
  await heard.beat();
  page.visibilityState = 'hidden';
  await heard.visibilitychange();
  assert.deepEqual(said, [['new', false], ['new', true]]);
  heard.pagehide();
  assert.deepEqual(beacons, [['leave', 'new']]);
  assert.equal(JSON.parse(store.getItem('sr-app-session')).free, true);
  await heard.visibilitychange();
  assert.equal(said.length, 2, 'a browser hides the page while it closes it');
});

test('an answer that comes after goodbye does not take the name away from the reload', async () => {
  const { link, store } = await begun();
  link.release();
  link.gone = true;
  link.take(view(2));
  assert.equal(JSON.parse(store.getItem('sr-app-session')).free, true);
});
