// Whether the composition that most routers are made for takes the hub and a partner: node composition.mjs HUB.graphql PARTNER.graphql

import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { readFileSync } from 'node:fs';
import { exit } from 'node:process';

const [hub, partner] = process.argv.slice(2).map((file) => parse(readFileSync(file, 'utf8')));
const { errors = [], hints = [], supergraphSdl } = composeServices([
  { name: 'hub', url: 'http://hub.example/graphql', typeDefs: hub },
  { name: 'servizi-lazio', url: 'http://services.example/graphql', typeDefs: partner },
]);
errors.forEach((error) => console.log(`error: ${error.message}`));
hints.forEach((hint) => console.log(`hint: ${hint.message}`));
if (errors.length + hints.length > 0 || !supergraphSdl) exit(1);
console.log('composed without errors and hints');
