// SPDX-License-Identifier: Apache-2.0
//
// compare.mjs JUDGE SEED POLICIES: awsssod's rules against other.mjs's, by
// random directories, policies and requests: the verdict, and the line that
// decided.  The first case that differs is printed as small as it gets.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { generator, makeDirectory, makeMoves, makePolicy, makeRequest } from './cases.mjs';
import { decide, lookUp, readPolicy } from './other.mjs';

const [judge, seed, count] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const REQUESTS = 5;

const tell = (...fields) => `${fields.map((field) => typeof field === 'boolean' ? Number(field) : field).join('\t')}\n`;

function tellDirectory({ known, old, users, groups, members, grants }) {
	return [tell('directory', known, old),
		...users.map((user) => tell('user', user.id, user.userName, user.name, user.disabled, user.present, user.missing)),
		...groups.map((group) => tell('group', group.id, group.name, group.present)),
		...members.map((member) => tell('member', ...member)),
		...[...new Set(grants.map(([set]) => set))].map((set) => tell('set', set)),
		...grants.map((grant) => tell('grant', ...grant))].join('');
}

function tellRequest({ name, service, stage, live, set, key, session }) {
	return tell('ask', name, service, stage, Array.isArray(live) ? `=${live.join(',')}` : live ?? '-', set ?? '-', key,
		session ? session.approved ?? '?' : '-', session?.set ?? '-', session?.held ?? '?');
}

const tellGroup = ({ id, name, present }) => tell('regroup', id, name, present);

// tellCase: { directory (null: the one before), of (the one that counts), lines, moves, requests }; groups that moved come
// back for the next.
function tellCase({ directory, of, lines, moves, requests }) {
	return [directory ? tellDirectory(directory) : '', 'policy\n', lines.map((line) => `${line}\n`).join(''), '.\n',
		...moves.map((move) => `${move.map(tellGroup).join('')}look\n`), ...requests.map(tellRequest),
		...moves.length ? of.groups.map(tellGroup) : []].join('');
}

function ask(cases) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'awssso-policy-'));
	const { stdout, stderr, status } = spawnSync(judge, [folder], { input: cases.map(tellCase).join(''), maxBuffer: 1 << 28,
		encoding: 'utf8' });

	fs.rmSync(folder, { recursive: true });
	if (status !== 0)
		throw new Error(`judge: ${stderr}`);
	return stdout.trim().split('\n').map((line) => line.split('\t'));
}

// expected: the answers of other.mjs in the same words; of a file with several
// mistakes any may be named.
function expected({ of: directory, lines, moves, requests }, rules) {
	const policy = rules(readPolicy(lines.join('\n')));
	const refused = policy.refused.length ? policy.refused : lookUp(policy, directory.groups);
	let { groups } = directory;

	for (const move of moves) {
		groups = groups.map((group) => move.findLast(({ id }) => id === group.id) ?? group);
		lookUp(policy, groups);
	}
	return {
		taken: refused.length === 0,
		isRefused: ([word, line]) => word === 'refused' && refused.includes(Number(line)),
		answers: requests.map((request) => decide(policy, { ...directory, groups }, request)),
	};
}

const isNobody = (word) => ['disabled', 'absent', 'nobody'].includes(word);

// differs: the number of the request that is answered otherwise, -1 for the
// policy itself; undefined when all is the same.  Takes its answers off @said.
function differs(one, said, rules, counts) {
	const want = expected(one, rules);
	const head = said.shift();
	const answers = said.splice(0, one.requests.length);

	if (want.taken ? head[0] !== 'taken' : !want.isRefused(head))
		return -1;
	if (!want.taken) {
		counts.refused = (counts.refused ?? 0) + 1;
		return undefined;
	}
	const at = answers.findIndex(([word, line], i) => {
		const { word: other, line: otherLine } = want.answers[i];

		counts[other] = (counts[other] ?? 0) + 1;
		return (isNobody(word) ? 'nobody' : word) !== other || Number(line) !== otherLine;
	});

	return at < 0 ? undefined : at;
}

// smaller: all cases that lack one thing of @one.
function* smaller(one) {
	for (const i of one.lines.keys())
		yield { ...one, lines: one.lines.filter((_, at) => at !== i) };
	for (const key of ['users', 'groups', 'members', 'grants'])
		for (const gone of one.of[key]) {
			const directory = { ...one.of, [key]: one.of[key].filter((other) => other !== gone) };

			directory.members = directory.members.filter(([group, user]) => directory.groups.some(({ id }) => id === group) &&
				directory.users.some(({ id }) => id === user));
			directory.grants = directory.grants.filter(([, holder]) =>
				[...directory.users, ...directory.groups].some(({ id }) => id === holder));
			yield { ...one, directory, of: directory };
		}
	for (const [i, move] of one.moves.entries()) {
		yield { ...one, moves: one.moves.filter((other) => other !== move) };
		for (const gone of move)
			yield { ...one, moves: one.moves.with(i, move.filter((other) => other !== gone)) };
	}
	for (const change of [{ set: null }, { live: null }, { key: false }, { session: null }])
		yield { ...one, requests: one.requests.map((request) => ({ ...request, ...change })) };
}

function shrink(one, rules) {
	for (;;) {
		const candidates = [...smaller(one)].filter((candidate) => tellCase(candidate).length < tellCase(one).length);
		const said = ask(candidates);
		const next = candidates.find((candidate) => differs(candidate, said, rules, {}) !== undefined);

		if (!next)
			return one;
		one = next;
	}
}

// makeCases: a new directory for every fiftieth policy.
function makeCases(random, n) {
	const cases = [];
	let directory;

	for (let i = 0; i < n; i++) {
		const isNew = i % 50 === 0;

		directory = isNew ? makeDirectory(random) : directory;
		cases.push({ directory: isNew ? directory : null, of: directory, lines: makePolicy(random, directory),
			moves: makeMoves(random, directory), requests: Array.from({ length: REQUESTS }, () => makeRequest(random, directory)) });
	}
	return cases;
}

// findDifference: the first of @cases that @rules answer otherwise, shrunk.
function findDifference(cases, said, rules, counts) {
	for (const one of cases) {
		const at = differs(one, said, rules, counts);

		if (at !== undefined)
			return shrink({ ...one, directory: one.of, requests: at < 0 ? [] : [one.requests[at]] }, rules);
	}
	return undefined;
}

function show(one, rules) {
	const want = expected(one, rules);

	console.log(tellCase(one).replaceAll(/^/gm, '#   '));
	console.log(`# awsssod: ${ask([one]).map((line) => line.join(' ')).join(', ')}`);
	console.log(`# other.mjs: ${want.taken ? want.answers.map(({ word, line }) => `${word} ${line}`).join(', ') : 'refused'}`);
}

const asWritten = (policy) => policy;
const without = (policy, setting) => ({ ...policy, settings: new Map([...policy.settings].filter(([key]) => !key.endsWith(setting))) });
// Readings that are wrong in one thing each; no case may be too dull to tell.
const wrong = {
	'overlook deny_groups': (policy) => ({ ...policy, rules: policy.rules.filter(({ deny, kind }) => !deny || kind !== 'groups') }),
	'look names of groups up anew': (policy) => ({ ...policy, pins: Object.assign(new Map(), { has: () => false }) }),
	'overlook require_publickey_first': (policy) => without(policy, 'require_publickey_first'),
	'overlook offline_grace': (policy) => without(policy, 'offline_grace'),
};
const random = generator(seed);
const cases = makeCases(random, count);
const answers = ask(cases);
const counts = {};
const difference = findDifference(cases, [...answers], asWritten, counts);

console.log(`# seed ${seed}: ${Object.entries(counts).map(([word, n]) => `${n} ${word}`).join(', ')}`);
if (difference) {
	show(difference, asWritten);
	console.log(`not ok ${count} policies: the two differ (seed ${seed})`);
} else {
	console.log(`ok ${count} policies, ${count * REQUESTS} requests: the two agree`);
}
process.exitCode = difference ? 1 : 0;
for (const [what, rules] of Object.entries(wrong)) {
	const found = findDifference(cases, [...answers], rules, {});
	const small = found && found.lines.length <= 5 && found.of.users.length <= 2;

	console.log(`${small ? 'ok' : 'not ok'} rules that ${what} are found out, by ${found?.lines.length} lines of policy`);
	if (small)
		continue;
	process.exitCode = 1;
	if (found)
		show(found, rules);
}
