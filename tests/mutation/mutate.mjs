// SPDX-License-Identifier: Apache-2.0
//
// mutate.mjs SOURCE TEST.o ARCHIVE: one small mistake at a time is built into
// SOURCE, and the unit test must notice.  A mutant that crashes, or that runs
// for longer than LIMIT, has been noticed.  One that compiles to the code of
// SOURCE itself is no other program: it counts as a survivor all the same.
//
// Every comparison, constant, return and condition must have given a mutant
// that compiles, and there must be one for every three lines of code.  At most
// 5 % survive, each with its reason in reasons.txt:
//   FILE | the line, blanks as one | what was changed | why
// CC (with its flags) and LIBS come through the environment.  SOURCE becomes a
// library that the test program loads, so that only this is built anew; its
// object in ARCHIVE is never taken, since the library comes first.
// covers: verdict.1, R1, R8, R11
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mutantsOf } from './mutants.mjs';

const LIMIT = 5000;
const WORKERS = ['1', '2'];
const OBLIGED = ['comparison', 'constant', 'return', 'condition'];
const here = path.dirname(fileURLToPath(import.meta.url));
const [file, test, archive] = process.argv.slice(2);
const folder = path.join(path.dirname(archive), file.replaceAll(/\W/g, '-'));
const base = path.basename(file);
const source = fs.readFileSync(file, 'utf8');
const words = (name) => (process.env[name] ?? '').split(/\s+/).filter(Boolean);
const [compiler, ...flags] = words('CC');
const run = promisify(execFile);

// build: @text as the library which the test program beside it loads.
async function build(text, name) {
	const to = path.join(folder, name);

	fs.writeFileSync(`${to}/${base}`, text);
	await run(compiler, [...flags, '-shared', '-nostdlib', '-s', '-w', '-Wl,--build-id=none', '-o', `${to}/mutant.so`, `${to}/${base}`,
		archive]);
	return fs.readFileSync(`${to}/mutant.so`);
}

async function link(name) {
	const to = path.join(folder, name);

	await run(compiler, [...flags, '-Wl,-rpath,$ORIGIN', '-o', `${to}/test`, test, `-L${to}`, '-l:mutant.so', archive,
		...words('LIBS')]);
}

async function passes(name) {
	try {
		await run(path.join(folder, name, 'test'), [], { timeout: LIMIT, killSignal: 'SIGKILL', env: {}, maxBuffer: 1 << 26 });
		return true;
	} catch {
		return false;
	}
}

// judge: what became of a mutant: invalid, killed, alive or the same.
async function judge(text, name, original) {
	let library;

	try {
		library = await build(text, name);
	} catch {
		return 'invalid';
	}
	if (library.equals(original))
		return 'same';
	return await passes(name) ? 'alive' : 'killed';
}

// included: our headers that @text includes, and that these do.
function included(text, seen = new Set()) {
	for (const [, header] of text.matchAll(/^#include "(.*)"$/gm))
		if (!seen.has(header))
			included(fs.readFileSync(header, 'utf8'), seen.add(header));
	return [...seen];
}

async function judgeAll(mutants, original) {
	const left = [...mutants];

	async function worker(name) {
		for (let next = left.shift(); next; next = left.shift())
			next.end = await judge(next.text, name, original);
	}
	await Promise.all(WORKERS.map(worker));
}

// unexplained: what is wrong with the survivors and the reasons for them.
function unexplained(alive) {
	const known = fs.readFileSync(path.join(here, 'reasons.txt'), 'utf8').split('\n')
		.map((line) => line.split(' | '))
		.filter(([of]) => of === file);
	const wrong = [];

	for (const { line, what, end } of alive) {
		const code = source.split('\n')[line - 1].trim().replaceAll(/\s+/g, ' ');
		const reason = known.find((row) => row[1] === code && row[2] === what);

		console.log(`# ${file}:${line}: ${code}: ${what} survives` +
			`${end === 'same' ? ' (the same code)' : ''}: ${reason?.[3] ?? 'NO REASON'}`);
		if (reason)
			reason.used = true;
		else
			wrong.push(`line ${line}, ${what}: survives without a reason`);
	}
	for (const row of known.filter(({ used }) => !used))
		wrong.push(`reasons.txt: ${row[1]} | ${row[2]}: does not survive`);
	return wrong;
}

function report(mutants) {
	const valid = mutants.filter(({ end }) => end !== 'invalid');
	const killed = valid.filter(({ end }) => end === 'killed').length;
	const alive = valid.filter(({ end }) => end !== 'killed');
	const sites = new Set(mutants.filter(({ kind }) => OBLIGED.includes(kind)).map(({ site }) => site));
	const lines = source.replaceAll(/\/\*[^]*?\*\//g, '').split('\n').filter((line) => line.trim()).length;
	const kinds = OBLIGED.map((kind) => `${valid.filter((mutant) => mutant.kind === kind).length} of a ${kind}`);
	const wrong = unexplained(alive);

	for (const site of sites)
		if (!valid.some((mutant) => mutant.site === site))
			wrong.push(`${site}: no mutant of it compiles`);
	if (valid.length * 3 < lines)
		wrong.push(`fewer mutants than one for three of ${lines} lines`);
	if (alive.length * 20 > valid.length)
		wrong.push('more than 5 % survive');
	for (const why of wrong)
		console.log(`not ok ${file}: ${why}`);
	console.log(`# ${file}: ${lines} lines of code; ${kinds.join(', ')}; ${sites.size} places`);
	console.log(`${wrong.length ? 'not ok' : 'ok'} ${file}: ${valid.length} mutants, ${killed} killed, ${alive.length} survive`);
	return wrong.length ? 1 : 0;
}

fs.rmSync(folder, { recursive: true, force: true });
let original;
for (const name of WORKERS) {
	fs.mkdirSync(path.join(folder, name), { recursive: true });
	original = await build(source, name);
	await link(name);
	if (!await passes(name)) {
		console.log(`not ok ${file}: ${test} fails without a mutant`);
		process.exit(1);
	}
}
const mutants = mutantsOf(source, included(source).map((header) => fs.readFileSync(header, 'utf8')).join('\n'));
await judgeAll(mutants, original);
process.exitCode = report(mutants);
