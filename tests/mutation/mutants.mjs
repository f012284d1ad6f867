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
const KEYWORDS = new Set(['if', 'for', 'while', 'switch', 'return']);
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

// isName: of a constant, which is no macro with arguments.
const isName = (words, i) => /^[A-Z][A-Z0-9_]+$/.test(words[i].text) && words[i + 1].text !== '(';

class Mutants {
	constructor(source, headers) {
		this.source = source;
		this.words = split(source);
		this.others = enums(headers);
		this.all = new Map();
		this.type = []; // the words before the function's name, and it
	}

	// change: words @from..@to become @text.
	change(kind, from, to, text) {
		const { source, words, all } = this;
		const { at } = words[from];
		const old = source.slice(at, words[to].end);
		const mutated = source.slice(0, at) + text + source.slice(words[to].end);
		const line = source.slice(0, at).split('\n').length;
		const shown = old.replaceAll(/\s+/g, ' ');

		if (old !== text && !all.has(mutated))
			all.set(mutated, { kind, line, site: `line ${line}, ${kind} ${shown} (${at})`,
				what: `${shown} -> ${text || 'nothing'}`, text: mutated });
	}

	// operands: one side of && or || counts no more.
	operands(i) {
		const isAnd = this.words[i].text === '&&';
		const stops = [';', ',', '?', ':', '=', 'return', '||', ...(isAnd ? ['&&'] : [])];

		this.change('condition', reach(this.words, i - 1, -1, stops), i - 1, isAnd ? '1' : '0');
		this.change('condition', i + 1, reach(this.words, i + 1, 1, stops), isAnd ? '1' : '0');
	}

	condition(i) {
		const { words } = this;
		const { text } = words[i];

		if (text === '&&' || text === '||')
			this.operands(i);
		if (text === 'if' || text === 'while')
			['0', '1'].forEach((value) => this.change('condition', i + 2, closing(words, i + 1) - 1, value));
		if (text === 'for') {
			const from = reach(words, i + 2, 1, [';']) + 2;

			this.change('condition', from, reach(words, from, 1, [';']), '0');
		}
	}

	operator(i) {
		const { text } = this.words[i];

		for (const other of INSTEAD[text] ?? [])
			this.change(COMPARISON.has(text) ? 'comparison' : /^[tf]/.test(text) ? 'constant' : 'operator', i, i, other);
		if (text === '!')
			this.change('operator', i, i, '');
	}

	constant(i) {
		const { words, others } = this;
		const { text } = words[i];

		if (/^\d/.test(text)) {
			this.change('constant', i, i, `${Number(text) + 1}`);
			this.change('constant', i, i, text === '0' ? '(-1)' : `${Number(text) - 1}`);
		} else if (text[0] === '"') {
			this.change('constant', i, i, text === '""' ? '"~"' : '""');
			this.change('constant', i, i, `${text.slice(0, -1)}~"`);
		} else if (text[0] === "'") {
			this.change('constant', i, i, `(${text} + 1)`);
		} else if (isName(words, i) && words[i - 1].text !== 'case') {
			(others[text] ?? [`(${text} + 1)`]).forEach((other) => this.change('constant', i, i, other));
		} else if (text === 'case') {
			this.change('constant', i, words.findIndex((word, at) => at > i && word.text === ':'), '');
		}
	}

	// valuesInstead: what the function could return where it says the words
	// @from..@to; of an enumerator alone constant() has made the mutants.
	valuesInstead(from, to) {
		const { words, type } = this;

		if (type.includes('bool'))
			return ['false', 'true'];
		if (type.includes('int'))
			return ['0', '-1'];
		if (from === to && isName(words, from))
			return [];
		return type.includes('enum') ? ['0', '1'] : ['0'];
	}

	statement(i) {
		const { words } = this;
		const before = words[i - 1]?.text;
		const next = words[i + 1]?.text;
		const { text } = words[i];
		const end = reach(words, i, 1, [';']);

		if (![';', '{', '}', ')', 'else'].includes(before))
			return;
		if (text === 'return' && next !== ';')
			this.valuesInstead(i + 1, end).forEach((value) => this.change('return', i + 1, end, value));
		else if (['(', '[', '.', '->', '=', '+=', '++'].includes(next) && /^[a-z]/.test(text) && !KEYWORDS.has(text) ||
			text === '*' || text === '(' && before !== ')')
			this.change('statement', i, end, '');
	}

	make() {
		const { words } = this;
		let depth = 0;

		words.forEach(({ text }, i) => {
			if (depth === 0 && text === '{') {
				const before = words.slice(0, i).map((word) => word.text);
				const head = before.slice(before.findLastIndex((word) => [';', '}'].includes(word)) + 1);

				this.type = head.slice(0, head.indexOf('('));
			}
			depth += text === '{' ? 1 : text === '}' ? -1 : 0;
			this.operator(i);
			this.condition(i);
			this.constant(i);
			if (depth > 0)
				this.statement(i);
		});
		return [...this.all.values()];
	}
}

// mutantsOf: of @source, which includes the text of @headers.
export const mutantsOf = (source, headers) => new Mutants(source, headers).make();
