// The data of the page, and what of it the filters leave.

let DATA = JSON.parse($('data').textContent);
const STYLE = DATA.style;
const word = i => i === null || i === undefined ? null : DATA.words[i];

const DIMENSIONS = [
  ['model', 'model'], ['window', 'window'], ['policy', 'policy'], ['memory', 'memory'],
  ['layout', 'layout'], ['run', 'run'],
];
const FACETS = [['scenario', 'scenario', 1], ['kind', 'kind', 2]];

const state = {
  off: { model: new Set(), window: new Set(), policy: new Set(), memory: new Set(), layout: new Set(), run: new Set(), scenario: new Set(), kind: new Set() },
  own: false,
  even: false,
  pick: null, // the point or cell whose records are shown
  find: '', // words that records must hold
  outcome: '', // what must have become of them
  sort: 'misses',
  record: null,
  opened: false, // whether somebody chose that record
  page: 0,
  sides: null, // the two that are set side by side
  change: 'other',
  changePage: 0,
};

const VALUES = {};
let NAMES = [], RECORDS = [], SEARCHED = [];

// What is looked up in the data; again when a page that is served has fetched newer ones.
function taken() {
  for (const [name] of DIMENSIONS) VALUES[name] = [...new Set(DATA.series.map(one => one[name]))].filter(value => value !== null);
  VALUES.window.sort((a, b) => a - b);
  for (const [name, , column] of FACETS) VALUES[name] = [...new Set(DATA.counts.fill.map(row => word(row[column])))].sort();
  // Names that are the same model in another window share colour, dash and mark.
  NAMES = [...new Set(DATA.series.map(one => one.name))];
  RECORDS = Array.from({ length: DATA.carried }, (_, i) => i);
  SEARCHED = [];
}

function look(series) {
  const i = NAMES.indexOf(series.name);
  return { colour: `var(--s${i % STYLE.colours})`, dash: STYLE.dashes[i % STYLE.dashes.length], mark: STYLE.marks[i % STYLE.marks.length] };
}

// Long windows have an axis of octaves, unless the reader wants the even one.
const inOctaves = window => window > STYLE.long && !state.even;

const isOn = series => DIMENSIONS.every(([name]) => !state.off[name].has(series[name]));
const shown = () => DATA.series.map((series, i) => ({ ...series, i })).filter(isOn);
const whole = () => !state.off.scenario.size && !state.off.kind.size;
const allows = row => !state.off.scenario.has(word(row[1])) && !state.off.kind.has(word(row[2])) && (!state.own || row[3]);

// The rows of a table that are left, added up over scenario, kind and seen: one a bin and `extra`.
function added(table, extra = table === 'fill' || table === 'cells' || table === 'outcomes' || table === 'ends' ? [9] : []) {
  const sums = new Map();
  const on = new Set(shown().map(series => series.i));
  for (const row of DATA.counts[table]) {
    if (!on.has(row[0]) || !allows(row)) continue;
    const [series, , , , from, to, n, k, at] = row;
    const key = [series, from, to, ...extra.map(i => row[i])].join('|');
    const sum = sums.get(key) || { series, from, to, n: 0, k: 0, at: 0, more: extra.map(i => row[i]) };
    sum.n += n; sum.k += k; sum.at += at * n;
    sums.set(key, sum);
  }
  return [...sums.values()].map(sum => {
    const [lo, hi] = wilson(sum.k, sum.n);
    return { ...sum, at: sum.at / sum.n, recall: sum.k / sum.n, lo, hi };
  }).sort((a, b) => a.series - b.series || a.from - b.from);
}

// The estimate that speaks of what the filters leave; null where there is none.
function estimate(series) {
  if (state.off.kind.size) return null;
  if (!state.off.scenario.size) return state.own ? series.own : series.onset;
  const left = VALUES.scenario.filter(name => !state.off.scenario.has(name));
  return left.length === 1 && !state.own ? series.scenarios[left[0]] || null : null;
}

const cell = (name, i) => {
  const column = DATA.records[name];
  return column === undefined ? null : Array.isArray(column) ? column[i] : column.all;
};
