// The committed operations are valid for every engine, not for the hub's alone: routers hold to rules that it does not.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { buildSchema, parse, validate } from 'graphql';

const folder = new URL('../../schema/', import.meta.url);
const read = (path) => readFileSync(new URL(path, folder), 'utf8');

test('each operation keeps every rule of the specification', () => {
  const schema = buildSchema(read('raccordo.graphql'));
  const files = readdirSync(new URL('operations', folder), { recursive: true }).filter((file) => file.endsWith('.graphql'));
  assert.ok(files.length > 50);
  for (const file of files) {
    const errors = validate(schema, parse(read(`operations/${file}`)));
    assert.deepEqual(errors.map((error) => `${file}: ${error.message}`), []);
  }
});
