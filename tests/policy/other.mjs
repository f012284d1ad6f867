// SPDX-License-Identifier: Apache-2.0
//
// other.mjs: docs/policy.md a second time, in another language, by nothing but
// that page: what reads the policy, and what decides by it.
const KEY = /^(allow|deny)_(users|groups|permission_sets|accounts)$/;
const SERVICE = /^service ([A-Za-z0-9_-][A-Za-z0-9_.-]{0,31})$/;
const SESSION_NAME = /^[A-Za-z0-9_+=,.@-]{2,64}$/;
const SIGN_IN = ['before', 'after'];
// The account that this host is in, whether its settings say so or not.
const HOST = '111122223333';
const SECONDS = { s: 1, m: 60, h: 3600, d: 86400 };
// What a service may say of itself, and how it is read: undefined for what is neither.
const SETTINGS = {
	require_publickey_first: (value) => ({ yes: true, no: false })[value],
	offline_grace: (value) => {
		const [, n, unit] = /^(\d+)([smhd])$/.exec(value) ?? [];
		const seconds = n * SECONDS[unit];

		return seconds <= SECONDS.d ? seconds : undefined;
	},
};

// whatIsWrong: of a line as a line, before it means anything.
const whatIsWrong = (line) => Buffer.byteLength(line) > 190 || /^[ \t]/.test(line) || / ;/.test(line) && !/^[#;]/.test(line);

// accountAndValue: of what a line says; no account is this host's, no value is an error.
function accountAndValue(kind, text) {
	const [, account, name] = /^(\d{12})\/([^/]+)$/.exec(text) ?? [];

	if (kind === 'permission_sets')
		return text.includes('/') ? { account, value: name } : { value: text };
	if (kind === 'accounts' && text !== 'auto')
		return /^\d{12}$/.test(text) ? { account: text, value: text } : {};
	return { value: text };
}

// readPolicy: the rules of a file, and the numbers of the lines that it is
// refused for.
export function readPolicy(text) {
	const policy = { rules: [], sections: new Set(['access']), settings: new Map(), pins: new Map(), refused: [] };
	const isFull = () => policy.rules.length + policy.settings.size >= 256;
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
		} else if (SETTINGS[key] && policy.sections.has(section)) {
			const read = SETTINGS[key](value);

			if (read === undefined || policy.settings.has(`${section} ${key}`) || isFull())
				refuse();
			policy.settings.set(`${section} ${key}`, read);
		} else if (verb && policy.sections.has(section)) {
			const rule = { section, deny: verb === 'deny', kind, line: i + 1, ...accountAndValue(kind, value) };
			const others = new Set([...policy.rules, rule].map((one) => one.account).filter(Boolean));

			if (isFull() || rule.value === undefined || others.size > 8)
				refuse();
			policy.rules.push(rule);
		} else {
			refuse();
		}
	});
	for (const rule of policy.rules)
		if (rule.account === account)
			rule.account = undefined;
	return policy;
}

// lookUp: the names of groups that can be pinned when the directory has @groups, and the numbers of the lines whose name
// is two groups'.
export function lookUp({ rules, pins }, groups) {
	const there = groups.filter(({ present }) => present);
	const doubtful = [];

	for (const { kind, value, line } of rules) {
		const called = there.filter(({ name }) => name === value);

		if (kind !== 'groups' || pins.has(value) || there.some(({ id }) => id === value))
			continue;
		if (called.length === 1)
			pins.set(value, called[0].id);
		else if (called.length > 1)
			doubtful.push(line);
	}
	return doubtful;
}

// What a line can be to a person: it fits, it does not, or nobody knows.
function fitsUser({ value, deny }, person, { users }) {
	const isAnothers = users.some((user) => user !== person && user.name === person.userName);

	return value === person.name || value === person.id || value === person.userName && (deny || !isAnothers);
}

function fitsGroup({ value, deny }, person, { groups, members }, pins) {
	return groups.some(({ id, name, present }) => present && members.some(([of, who]) => of === id && who === person.id) &&
		(id === value || id === pins.get(value) || deny && name === value));
}

// heldThere: what the portal told of @account: 'NAME' of this host's, 'ACCOUNT/NAME' of another one, 'ACCOUNT/' that it
// was told of; undefined: nothing.
function heldThere(live, account) {
	if (!account || account === HOST)
		return live.filter((text) => !text.includes('/'));
	const there = live.filter((text) => text.startsWith(`${account}/`));

	return there.length ? there.map((text) => text.slice(13)).filter(Boolean) : undefined;
}

function fitsSet({ account, kind, value, deny }, person, directory, { stage, live }) {
	const { groups, members, grants, known } = directory;
	const names = (sets) => kind === 'accounts' ? sets.length > 0 : sets.includes(value);
	const holders = [person.id, ...groups.filter(({ id, present }) => present &&
		members.some(([of, who]) => of === id && who === person.id)).map(({ id }) => id)];

	const told = Array.isArray(live) ? heldThere(live, account) : undefined;

	if (told)
		return names(told);
	if (stage === 'after' || !known || account)
		return 'unknown';
	if (names(grants.filter(([, holder]) => holders.includes(holder)).map(([set]) => set)))
		return true;
	return deny ? false : 'unknown';
}

function fits(rule, person, directory, request, pins) {
	if (rule.kind === 'users')
		return fitsUser(rule, person, directory);
	if (rule.kind === 'groups')
		return fitsGroup(rule, person, directory, pins);
	return fitsSet(rule, person, directory, request);
}

// byThePolicy: points 3 to 6.
function byThePolicy(policy, person, directory, request) {
	const own = `service ${request.service}`;
	const section = policy.sections.has(own) ? own : 'access';
	const judged = policy.rules.map((rule) => ({ ...rule, fit: fits(rule, person, directory, request, policy.pins) }));
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

// bySweep: the word of the policy in the account phase, by what the last sweep knew and nothing else.
const bySweep = (policy, person, directory, request) =>
	byThePolicy(policy, person, directory, { ...request, stage: 'account', live: null }).word;

// settingOf: a service's own, which counts before that of [access].
const settingOf = ({ settings }, service, key) => settings.get(`service ${service} ${key}`) ?? settings.get(`access ${key}`);

// inAnOutage: what becomes of a request for which AWS cannot be asked.
function inAnOutage(policy, person, directory, request) {
	const { service, set, session, stage } = request;
	const grace = settingOf(policy, service, 'offline_grace');
	const isProved = (age) => grace !== undefined && age !== undefined && age <= grace;

	if (stage === 'after' || !isProved(session?.approved) || set && !(session.set === set && isProved(session.held)))
		return 'unavailable';
	if (directory.old)
		return 'old';
	return bySweep(policy, person, directory, request) === 'yes' ? 'grace' : 'no';
}

export function decide(policy, directory, request) {
	const { stage, live, set, key, session, service } = request;
	const person = directory.users.find(({ name }) => name === request.name);

	if (!person?.present || person.disabled || person.missing && SIGN_IN.includes(stage))
		return { word: 'nobody', line: 0 };
	const { word, line } = byThePolicy(policy, person, directory, request);
	const isAnswered = ['after', 'account'].includes(stage);
	const isOutage = live === '?' && (stage === 'before' || set && isAnswered);
	const isNameless = SIGN_IN.includes(stage) && !SESSION_NAME.test(person.userName);

	if (word === 'no' || word === 'unknown' && isAnswered && (!isOutage || isNameless || bySweep(policy, person, directory, request) === 'no'))
		return { word: 'no', line };
	if (isNameless)
		return { word: 'username', line };
	if (stage === 'before' && settingOf(policy, service, 'require_publickey_first') && !key && !session)
		return { word: 'key', line };
	if (isOutage)
		return { word: inAnOutage(policy, person, directory, request), line };
	if (set && isAnswered && !(live ?? []).includes(set))
		return { word: 'set', line };
	return { word: 'yes', line };
}
