// SPDX-License-Identifier: Apache-2.0
//
// mutants.mjs: the small mistakes that can be made in a C source.  It is taken
// apart into words, not parsed: what is no C in the end, the compiler says.

const WORD = /\/\*[^]*?\*\/|^#\s*(?:include.*|define\s+\w+|\w+.*)|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])+'|[A-Za-z_]\w*|\d\w*|<<|>>|[=!<>+-]=|&&|\|\||->|\+\+|--|\S/gm;
const INSTEAD = {
	'==': ['!='], '!=': ['=='], '<': ['<=', '>='], '>': ['>=', '<='],
	'<=': ['<', '>'], '>=': ['>', '<'], '&&': ['||'], '||': ['&&'],
	'<<': ['>>'], '>>': ['<<'],
	'+': ['-'], '-': ['+'], '+=': ['-='], '-=': ['+='], '++': ['--'], '--': ['++'],
	true: ['false'], false: ['true'],
};
const COMPARISON = new Set(['==', '!=', '<', '>', '<=', '>=']);
const OPEN = { '(': ')', '[': ']', '{': '}' };

function split(source) {
	return [...source.matchAll(WORD)]
		.map((match) => ({ text: match[0], at: match.index, end: match.index + match[0].length }))
		.filter(({ text }) => !/^\/\*|^#/.test(text));
}

// enums: each enumerator with those before and behind it in its enum.
function enums(headers) {
	const others = {};

	for (const [, body] of headers.replaceAll(/\/\*[^]*?\*\//g, '').matchAll(/enum \w+ \{([^}]*)\}/g)) {
		const names = body.split(',').map((one) => one.split('=')[0].trim()).filter(Boolean);

		names.forEach((name, i) => {
			others[name] = [names[i - 1], names[i + 1] ?? `(${name} + 1)`].filter(Boolean);
		});
	}
	return others;
}

// closing: the index of the word that closes the bracket at @from.
function closing(words, from) {
	let depth = 0;

	for (let i = from; i < words.length; i++) {
		if (OPEN[words[i].text])
			depth++;
		else if (Object.values(OPEN).includes(words[i].text) && --depth === 0)
			return i;
	}
	return words.length - 1;
}

// reach: the last word of the operand that begins (step 1) or ends (step -1)
// at @from, up to a word of @stops outside of its brackets.
function reach(words, from, step, stops) {
	const [open, close] = step > 0 ? ['([{', ')]}'] : [')]}', '([{'];
	let depth = 0;
	let i = from;

	for (; words[i]; i += step) {
		const { text } = words[i];

		if (depth === 0 && (stops.includes(text) || close.includes(text)))
			break;
		depth += open.includes(text) ? 1 : close.includes(text) ? -1 : 0;
	}
	return i - step;
}

// mutantsOf: of @source, which includes the text of @headers.
export function mutantsOf(source, headers) {
	const words = split(source);
	const others = enums(headers);
	const mutants = new Map();
	const lineOf = (at) => source.slice(0, at).split('\n').length;
	let type = [];
	let depth = 0;

	// change: words @from..@to become @text.
	function change(kind, from, to, text) {
		const old = source.slice(words[from].at, words[to].end);
		const mutated = source.slice(0, words[from].at) + text + source.slice(words[to].end);
		const what = `${old} -> ${text || 'nothing'}`.replaceAll(/\s+/g, ' ');
		const site = `line ${lineOf(words[from].at)}, ${kind} ${old.replaceAll(/\s+/g, ' ')} (${words[from].at})`;

		if (old !== text && !mutants.has(mutated))
			mutants.set(mutated, { kind, site, what, text: mutated, line: lineOf(words[from].at) });
	}

	// operands: one side of && or || counts no more.
	function operands(i) {
		const value = words[i].text === '&&' ? '1' : '0';
		const stops = [';', ',', '?', ':', '=', 'return', '||', ...(words[i].text === '&&' ? ['&&'] : [])];

		change('condition', reach(words, i - 1, -1, stops), i - 1, value);
		change('condition', i + 1, reach(words, i + 1, 1, stops), value);
	}

	function constant(i) {
		const { text } = words[i];

		if (/^\d/.test(text)) {
			change('constant', i, i, `${Number(text) + 1}`);
			change('constant', i, i, text === '0' ? '(-1)' : `${Number(text) - 1}`);
		} else if (text[0] === '"') {
			change('constant', i, i, text === '""' ? '"~"' : '""');
			change('constant', i, i, `${text.slice(0, -1)}~"`);
		} else if (text[0] === "'") {
			change('constant', i, i, `(${text} + 1)`);
		} else if (/^[A-Z][A-Z0-9_]+$/.test(text) && words[i + 1].text !== '(') {
			if (words[i - 1].text !== 'case')
				(others[text] ?? [`(${text} + 1)`]).forEach((other) => change('constant', i, i, other));
		} else if (text === 'case') {
			change('constant', i, words.findIndex((word, at) => at > i && word.text === ':'), '');
		}
	}

	function statement(i) {
		const before = words[i - 1]?.text;
		const next = words[i + 1]?.text;
		const end = reach(words, i, 1, [';']);

		if (!depth || ![';', '{', '}', ')', 'else'].includes(before))
			return;
		if (words[i].text === 'return' && next !== ';') {
			for (const value of type.includes('int') ? ['0', '-1'] : type.includes('bool') ? ['false', 'true'] : [])
				change('return', i + 1, end, value);
		} else if (['(', '[', '.', '->', '=', '+=', '++'].includes(next) && /^[a-z]/.test(words[i].text) &&
			!['if', 'for', 'while', 'switch', 'return'].includes(words[i].text) || words[i].text === '*' ||
			words[i].text === '(' && before !== ')') {
			change('statement', i, end, '');
		}
	}

	words.forEach(({ text }, i) => {
		if (depth === 0 && text === '{')
			type = words.slice(0, i).slice(words.findLastIndex(({ text: t }, at) => at < i && [';', '}'].includes(t)) + 1)
				.map((word) => word.text);
		depth += text === '{' ? 1 : text === '}' ? -1 : 0;
		for (const other of INSTEAD[text] ?? [])
			change(COMPARISON.has(text) ? 'comparison' : /^[tf]/.test(text) ? 'constant' : 'operator', i, i, other);
		if (text === '&&' || text === '||')
			operands(i);
		if (text === '!')
			change('operator', i, i, '');
		if (text === 'if' || text === 'while')
			['0', '1'].forEach((value) => change('condition', i + 2, closing(words, i + 1) - 1, value));
		if (text === 'for')
			change('condition', reach(words, i + 2, 1, [';']) + 2, reach(words, reach(words, i + 2, 1, [';']) + 2, 1, [';']), '0');
		constant(i);
		statement(i);
	});
	return [...mutants.values()];
}
