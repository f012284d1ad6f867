// SPDX-License-Identifier: Apache-2.0
//
// other.mjs: docs/policy.md a second time, in another language, by nothing but
// that page: what reads the policy, and what decides by it.
const KEY = /^(allow|deny)_(users|groups|permission_sets|accounts)$/;
const SERVICE = /^service ([A-Za-z0-9_-][A-Za-z0-9_.-]{0,31})$/;
const SESSION_NAME = /^[A-Za-z0-9_+=,.@-]{2,64}$/;
const SIGN_IN = ['before', 'after'];

// whatIsWrong: of a line as a line, before it means anything.
const whatIsWrong = (line) => Buffer.byteLength(line) > 190 || /^[ \t]/.test(line) || / ;/.test(line) && !/^[#;]/.test(line);

// readPolicy: the rules of a file, and the numbers of the lines that it is
// refused for, of which an account that is not ours is found out last.
export function readPolicy(text) {
	const policy = { rules: [], sections: new Set(['access']), refused: [] };
	let section = '';
	let account;

	text.split('\n').forEach((line, i) => {
		const [, name] = /^\[([^\]]*)\]$/.exec(line) ?? [];
		const [, key, value] = /^([^=]*?)[ \t]*=[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
		const [, verb, kind] = KEY.exec(key ?? '') ?? [];
		const refuse = () => policy.refused.push(i + 1);

		if (whatIsWrong(line)) {
			refuse();
		} else if (line === '' || /^[#;]/.test(line)) {
			return;
		} else if (name !== undefined) {
			section = name;
			if (SERVICE.test(name))
				policy.sections.add(name);
			if (!SERVICE.test(name) && !['access', 'identity-center'].includes(name) || policy.sections.size > 17)
				refuse();
		} else if (!value) {
			refuse();
		} else if (section === 'identity-center' && key === 'account' && !account) {
			account = value;
		} else if (verb && policy.sections.has(section)) {
			policy.rules.push({ section, deny: verb === 'deny', kind, value, line: i + 1 });
			if (policy.rules.length > 256 || kind === 'accounts' && value !== 'auto' && !/^\d{12}$/.test(value))
				refuse();
		} else {
			refuse();
		}
	});
	for (const { kind, value, line } of policy.rules)
		if (kind === 'accounts' && value !== 'auto' && value !== account)
			policy.refused.push(line);
	return policy;
}

// What a line can be to a person: it fits, it does not, or nobody knows.
function fitsUser({ value, deny }, person, { users }) {
	const isAnothers = users.some((user) => user !== person && user.name === person.userName);

	return value === person.name || value === person.id || value === person.userName && (deny || !isAnothers);
}

function fitsGroup({ value, deny }, person, { groups, members }) {
	const there = groups.filter(({ present }) => present);
	const isMeant = (group) => there.every((other) => other === group || other.name !== group.name && other.id !== group.name);

	return there.some((group) => members.some(([of, who]) => of === group.id && who === person.id) &&
		(value === group.id || value === group.name && (deny || isMeant(group))));
}

function fitsSet({ kind, value, deny }, person, directory, { stage, live }) {
	const { groups, members, grants, known } = directory;
	const names = (sets) => kind === 'accounts' ? sets.length > 0 : sets.includes(value);
	const holders = [person.id, ...groups.filter(({ id, present }) => present &&
		members.some(([of, who]) => of === id && who === person.id)).map(({ id }) => id)];

	if (Array.isArray(live))
		return names(live);
	if (stage === 'after' || !known)
		return 'unknown';
	if (names(grants.filter(([, holder]) => holders.includes(holder)).map(([set]) => set)))
		return true;
	return deny ? false : 'unknown';
}

function fits(rule, person, directory, request) {
	if (rule.kind === 'users')
		return fitsUser(rule, person, directory);
	if (rule.kind === 'groups')
		return fitsGroup(rule, person, directory);
	return fitsSet(rule, person, directory, request);
}

// byThePolicy: points 3 to 6.
function byThePolicy(policy, person, directory, request) {
	const own = `service ${request.service}`;
	const section = policy.sections.has(own) ? own : 'access';
	const judged = policy.rules.map((rule) => ({ ...rule, fit: fits(rule, person, directory, request) }));
	const first = (deny, fit) => judged.find((rule) => rule.deny === deny && rule.fit === fit &&
		(rule.section === section || deny && rule.section === 'access'));
	const denied = first(true, true);
	const allowed = first(false, true);
	const open = allowed ? first(true, 'unknown') : first(false, 'unknown');

	if (denied)
		return { word: 'no', line: denied.line };
	if (allowed && !open)
		return { word: 'yes', line: allowed.line };
	return open ? { word: 'unknown', line: open.line } : { word: 'no', line: 0 };
}

export function decide(policy, directory, request) {
	const { stage, live, set } = request;
	const person = directory.users.find(({ name }) => name === request.name);

	if (!person?.present || person.disabled || person.missing && SIGN_IN.includes(stage))
		return { word: 'nobody', line: 0 };
	const { word, line } = byThePolicy(policy, person, directory, request);
	const forbids = word === 'no' || word === 'unknown' && ['after', 'account'].includes(stage);

	if (forbids)
		return { word: 'no', line };
	if (SIGN_IN.includes(stage) && !SESSION_NAME.test(person.userName))
		return { word: 'username', line };
	if (set && ['after', 'account'].includes(stage) && !(Array.isArray(live) && live.includes(set)))
		return { word: 'set', line };
	return { word: 'yes', line };
}
