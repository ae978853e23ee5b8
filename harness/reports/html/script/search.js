// Which records are read, and in which order: words that they hold, what became of them.

const ORDERS = {
  misses: ['misses first', null],
  fill: ['fill, low to high', i => cell('fill', i)],
  'fill-down': ['fill, high to low', i => cell('fill', i) === null ? null : -cell('fill', i)],
  position: ['position, first to last', i => cell('position', i)],
  gap: ['distance, far to near', i => cell('gap', i) === null ? null : -cell('gap', i)],
  latency: ['slowest first', i => cell('latency', i) === null ? null : -cell('latency', i)],
  cost: ['dearest first', i => cell('cost', i) === null ? null : -cell('cost', i)],
};

// What a record can be found by, once for each.
function searched(i) {
  if (SEARCHED[i] === undefined) {
    const said = ['fact', 'kind', 'scenario', 'session', 'question', 'reply', 'error', 'why', 'run', 'arm', 'status'].map(name => word(cell(name, i)));
    SEARCHED[i] = [...said, ...cell('expected', i).map(word), cell('key', i), DATA.series[cell('series', i)].name, fate(i)[1]].filter(Boolean).join('\n').toLowerCase();
  }
  return SEARCHED[i];
}

const found = i => state.find.toLowerCase().split(/\s+/).every(part => searched(i).includes(part));
const became = i => !state.outcome || fate(i)[1] === state.outcome;

// Misses first: they are what people come to read.
const byMisses = (a, b) => (cell('score', a) === 1) - (cell('score', b) === 1) || (cell('trunk', a) === null) - (cell('trunk', b) === null) || a - b;

function ordered(records) {
  const value = ORDERS[state.sort][1];
  if (!value) return records.sort(byMisses);
  const last = x => x === null ? Infinity : x; // what was not measured comes last
  return records.sort((a, b) => { const [x, y] = [last(value(a)), last(value(b))]; return x < y ? -1 : x > y ? 1 : a - b; });
}

// The controls are made once: whoever types keeps the place.
function makeSearch() {
  const again = () => { state.page = 0; state.record = null; state.opened = false; drawRecords(); keepAddress(); };
  let waiting = 0;
  $('records-find').replaceChildren(
    el('label', { for: 'find' }, 'Search'),
    el('input', { type: 'search', id: 'find', placeholder: 'fact, question, reply, key …', oninput: event => {
      state.find = event.target.value;
      clearTimeout(waiting);
      waiting = setTimeout(again, DATA.carried > 2000 ? 150 : 0);
    } }),
    el('label', { for: 'outcome' }, 'Outcome'), el('select', { id: 'outcome', onchange: event => { state.outcome = event.target.value; again(); } }),
    el('label', { for: 'sort' }, 'Order'), el('select', { id: 'sort', onchange: event => { state.sort = event.target.value; again(); } },
      SORTS.map(name => el('option', { value: name }, ORDERS[name][0]))));
}

// The controls as the state has them; outcomes with how many there are of each among what is left.
function drawSearch(left) {
  const counts = new Map();
  for (const i of left) counts.set(fate(i)[1], (counts.get(fate(i)[1]) || 0) + 1);
  if (state.outcome && !counts.has(state.outcome)) counts.set(state.outcome, 0);
  const options = [['', 'any'], ...[...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name, n]) => [name, `${name} (${count(n)})`])];
  $('outcome').replaceChildren(...options.map(([value, words]) => el('option', { value }, words)));
  $('outcome').value = state.outcome;
  $('sort').value = state.sort;
  if ($('find').value !== state.find) $('find').value = state.find;
}
