#!/usr/bin/env node
import { Command } from 'commander';
import { execFileSync } from 'child_process';
import { store } from './store';

const program = new Command('hubctl').version('1.0.0');
program.command('add <name> <count>').description('adds an order').action(async (name, count) => console.log('added', (await store()).add({ name, count: +count }).id));
program.command('list').action(async () => console.table((await store()).all().map(o => ({ name: o.name }))));
program.command('version').action(() => console.log(execFileSync('openssl', ['version']).toString().trim()));
program.parseAsync();
