// The map's logic without a browser: its state in addresses, differences, sentences, places.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createServer } from 'vite';

globalThis.document = { documentElement: { lang: 'it' } };
globalThis.location = { search: '', pathname: '/map' };

let server;
const load = (path) => server.ssrLoadModule(`/src/map/${path}`);

before(async () => {
  server = await createServer({
    configFile: false,
    root: new URL('..', import.meta.url).pathname,
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    logLevel: 'error',
  });
});
after(() => server.close());

const node = (id, more = {}) => ({
  id,
  kind: 'ORGANISATION',
  organisationKind: 'LOCAL_AUTHORITY',
  level: null,
  name: id,
  province: '037',
  degree: 1,
  x: 11,
  y: 49,
  isSynthetic: true,
  ...more,
});
const edge = (id, kind, from, to, more = {}) => ({ id, kind, from, to, validFrom: null, validUntil: null, ...more });

test('an address keeps the whole state, and only what differs from the start', async () => {
  const { START, format, parse } = await load('data/state.ts');
  const state = {
    ...START,
    place: { altitude: 'around', id: 'T3Jn', hops: 2 },
    view: 'table',
    day: '2024-03-01',
    since: '2020-01-01',
    nodeKinds: ['ORGANISATION', 'PROJECT'],
    tieKinds: ['LEADS'],
    programme: 'FAMI',
    colour: 'community',
    size: 'CORE',
    count: 'gap:EMPTY_SEAT',
    selected: 'T3Jn',
    towards: 'UHJv',
  };
  assert.deepEqual(parse(`?${format(state)}`), state);
  assert.equal(format(START).toString(), '');
});

test('an address that makes no sense is the start, not an error', async () => {
  const { START, parse } = await load('data/state.ts');
  assert.deepEqual(parse('?at=moon:1&view=film&day=yesterday&size=CHARM&colour=plaid'), START);
  assert.equal(parse('?at=around:T3Jn&hops=99').place.hops, 1);
});

test('compared, what has ended is drawn beside what there is, and a changed tie is found by its ends', async () => {
  const { compared } = await load('data/difference.ts');
  const network = { nodes: [node('a'), node('b')], edges: [edge('1', 'LEADS', 'a', 'b')] };
  const { network: both, changes } = compared(network, {
    appearedNodes: [node('b')],
    endedNodes: [node('c')],
    appearedEdges: [],
    endedEdges: [edge('2', 'MEMBER_OF', 'c', 'a'), edge('3', 'MEMBER_OF', 'unseen', 'a')],
    changedEdges: [{ kind: 'LEADS', from: 'a', to: 'b' }],
  });
  assert.deepEqual(both.nodes.map(({ id }) => id), ['a', 'b', 'c']);
  assert.deepEqual(both.edges.map(({ id }) => id), ['1', '2']);
  assert.deepEqual([changes.get('1'), changes.get('b'), changes.get('c'), changes.get('2')], ['changed', 'appeared', 'ended', 'ended']);
});

test('a body is told in a sentence: one tie by name and date, several by their number', async () => {
  const { groupsOf, sentence } = await load('panel/sentence.ts');
  const project = (id) => node(id, { kind: 'PROJECT', organisationKind: null });
  const network = {
    nodes: [node('X'), node('il Consiglio'), project('p'), project('q')],
    edges: [
      edge('1', 'MEMBER_OF', 'X', 'il Consiglio', { validFrom: '2019-01-01' }),
      edge('2', 'LEADS', 'X', 'p'),
      edge('3', 'LEADS', 'X', 'q'),
    ],
  };
  assert.equal(
    sentence(groupsOf(network, 'X'), 14),
    'è componente di il Consiglio dal 1 gennaio 2019, guida 2 progetti e lavora con 14 enti.',
  );
  assert.equal(sentence([], 0), 'non ha legami visibili in questa data.');
});

test('what stands on the rim keeps its order and its distance', async () => {
  const { spread } = await load('stage/network-picture.ts');
  const moved = spread([0, 0, 0, 1]);
  assert.ok(moved.every((angle, index) => index === 0 || angle > moved[index - 1]));
  assert.equal(moved[3], 1);
  const many = spread(Array.from({ length: 200 }, () => 3));
  assert.ok(many.at(-1) - many[0] < 2 * Math.PI);
});

test('the classes of the territory hold every value, none with many equal ones', async () => {
  const { classOf, limitsOf } = await load('territory/classes.ts');
  const values = [0, 1, 1, 1, 2, 3, 5, 8, 13, 21];
  const limits = limitsOf(values);
  assert.equal(limits.at(-1), 21);
  assert.ok(values.filter(Boolean).every((value) => classOf(value, limits) >= 0 && classOf(value, limits) < 6));
  assert.deepEqual(limitsOf([0, 0]), []);
});

test("an office's gaps count in each of its provinces", async () => {
  const { gapsByProvince } = await load('data/gaps.ts');
  const offices = [{ office: { provinces: [{ code: '015' }, { code: '108' }] }, counts: [{ kind: 'EMPTY_SEAT', count: 2 }] }];
  const values = gapsByProvince({ totals: [], offices }, 'EMPTY_SEAT');
  assert.deepEqual([...values], [['015', 2], ['108', 2]]);
});
