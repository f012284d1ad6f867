// SPDX-License-Identifier: Apache-2.0
//
// cases.mjs: directories, policies and requests that nobody would think of.
// Names are few, so that they meet: as a user's and a group's, as a Linux name
// and somebody else's UserName, as an id, in both cases, as beginnings of each
// other.
const NAMES = ['alice', 'Alice', 'alic', 'alice2', 'alice@example.com', 'bob', 'bob@example.com', 'a', 'admins', 'Admins',
	'Platform Team', 'Größe', 'g-1', 'g-2', 'u-1', 'u-2', 'Admin', 'auto', '111122223333', 'x=y', 'a#b', 'a;b', '"q"', '[access]'];
const HOST = '111122223333';
const OTHER = '444455556666';
const SETS = ['Admin', 'admin', 'Login', 'alice', 'Adm'];
const SERVICES = ['sshd', 'sudo', 'sudo-i', 'cron'];
const STRANGE = [' allow_users = alice', 'allow_users', 'allow_users =', 'allow_user = alice', 'Allow_users = alice', '[acces]',
	'[service ]', '[service a b]', '[service ../x]', '[service .x]', '[service  sudo]', '[Access]', 'allow_users = alice ; bob',
	`deny_users = ${'x'.repeat(180)}`, 'allow_permission_sets = 1/Admin', 'deny_permission_sets = 444455556666/', 'deny_permission_sets = a/b/c', 'deny_accounts = 1', 'require = yes', 'alice'];
const GOOD_FLAGS = ['require_publickey_first = yes', 'require_publickey_first = no', ...['1m', '1h', '4h', '24h', '1d'].map(
	(span) => `offline_grace = ${span}`)];
const BAD_FLAGS = ['require_publickey_first = maybe', 'offline_grace = 25h', 'offline_grace = 2d', 'offline_grace = long'];
const AGES = [30, 61, 3000, 4000, 14000, 86000, 87000];
const HARMLESS = ['', '# allow_users = alice', '; x', '[identity-center]\naccount = 111122223333', '[identity-center]\naccount = auto'];

// generator: numbers from a seed (xorshift), and what can be made of them.
export function generator(seed) {
	let x = seed >>> 0 || 1;
	const below = (n) => {
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		return (x >>> 0) % n;
	};

	return {
		below,
		chance: (percent) => below(100) < percent,
		one: (of) => of[below(of.length)],
		times: (n, make) => Array.from({ length: below(n + 1) }, make),
	};
}

const unique = (list, key) => [...new Map(list.map((one) => [key(one), one])).values()];

export function makeDirectory(random) {
	const { one, chance, times } = random;
	const users = unique(unique(times(5, () => ({ id: one(['u-1', 'u-2', 'u-3', 'alice', 'bob']), userName: one(NAMES), name: one(NAMES),
		disabled: chance(8), present: !chance(8), missing: chance(8) })), ({ id }) => id), ({ name }) => name);
	const groups = unique(times(4, () => ({ id: one(['g-1', 'g-2', 'g-3', 'admins']), name: chance(5) ? '' : one(NAMES),
		present: !chance(10) })), ({ id }) => id);
	const holders = [...users, ...groups].map(({ id }) => id);

	const known = chance(60);

	return {
		known,
		old: chance(10),
		users,
		groups,
		members: unique(groups.flatMap(({ id }) => users.filter(() => chance(50)).map((user) => [id, user.id])), String),
		grants: known && holders.length ? unique(times(3, () => [one(SETS), one(holders)]), String) : [],
	};
}

function makeLine({ one, chance }, { users, groups }) {
	const kind = one(['users', 'groups', 'permission_sets', 'accounts']);
	const there = [...users, ...groups].flatMap(({ id, name, userName }) => [id, name, userName ?? id]).filter(Boolean);
	const names = there.length && chance(60) ? there : NAMES;
	const value = kind === 'accounts' ? one(['auto', 'auto', HOST, OTHER]) :
		one(kind === 'permission_sets' ? SETS : names);
	const where = kind === 'permission_sets' && chance(25) ? `${one([HOST, OTHER])}/` : '';

	return `${chance(75) ? 'allow' : 'deny'}_${kind}${one([' = ', '=', '\t=  ', ' ='])}${where}${value}${chance(5) ? '  ' : ''}`;
}

export function makePolicy(random, directory) {
	const { one, chance, times, below } = random;
	const lines = [];
	const section = () => chance(60) ? '[access]' : `[service ${one(SERVICES)}]`;

	if (chance(30))
		lines.push('[identity-center]', 'account = 111122223333');
	for (let n = below(4); n >= 0; n--) {
		lines.push(...chance(97) ? [section()] : []);
		lines.push(...times(4, () => chance(4) ? one(HARMLESS) : makeLine(random, directory)));
		lines.push(...chance(30) ? [one(chance(95) ? GOOD_FLAGS : BAD_FLAGS)] : []);
		if (chance(15) && lines.length)
			lines.push(one(lines));
	}
	if (chance(4))
		lines.splice(below(lines.length + 1), 0, one(STRANGE));
	if (chance(1) && chance(30))
		lines.push(...Array.from({ length: 16 + below(3) }, (_, i) => `[service s${i}]`));
	if (chance(1) && chance(50))
		lines.push('[access]', ...Array.from({ length: 7 + below(4) }, (_, i) => `allow_accounts = ${100000000000 + i}`));
	if (chance(1) && chance(30))
		lines.push('[access]', ...Array.from({ length: 253 + below(6) }, (_, i) => `allow_users = n${i}`));
	return lines.join('\n').split('\n');
}

// makeMoves: what the directory's groups become, one look after the other: names go from one to the next, groups get
// new ones, go and come.
export function makeMoves({ one, chance, times }, { groups }) {
	const names = [...groups.map(({ name }) => name), ...NAMES];
	const pass = () => groups.map(({ id }, i) => ({ id, name: groups[(i + 1) % groups.length].name, present: !chance(10) }));
	const change = () => times(3, () => ({ id: one(groups).id, name: one(names), present: !chance(20) }));

	return groups.length && chance(60) ? times(3, () => chance(50) ? pass() : change()) : [];
}

function makeSession({ one, chance }, set) {
	return {
		...chance(90) ? { approved: one(AGES) } : {},
		...chance(90) ? { set: set && chance(80) ? set : one(SETS), held: one(AGES) } : {},
	};
}

export function makeRequest(random, { users }) {
	const { one, chance, times } = random;
	const set = chance(75) ? null : one(SETS);

	return {
		name: users.length && chance(90) ? one(users).name : one(NAMES),
		service: one([...SERVICES, 'SUDO', 'sud', 'access', 'login']),
		stage: one(['before', 'after', 'account', 'session']),
		live: chance(40) ? null : chance(35) ? '?' : [...times(3, () => one(SETS)),
			...chance(50) ? [`${OTHER}/`, ...times(2, () => `${OTHER}/${one(SETS)}`)] : []],
		set,
		key: chance(30),
		session: chance(40) ? null : makeSession(random, set),
	};
}
