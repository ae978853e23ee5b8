// The state of the page in its address, so that what is seen can be kept, sent and gone back to.
// What an address says is looked up among what the page holds: it chooses, and is never shown.

const SORTS = ['misses', 'fill', 'fill-down', 'position', 'gap', 'latency', 'cost'];

function address() {
  const said = new URLSearchParams();
  for (const [name, off] of Object.entries(state.off)) for (const value of off) said.append(`without.${name}`, value);
  if (state.own) said.set('probes', 'shown');
  if (state.even) said.set('axis', 'fill');
  if (state.find) said.set('find', state.find);
  if (state.outcome) said.set('outcome', state.outcome);
  if (state.sort !== SORTS[0]) said.set('sort', state.sort);
  if (state.pick) said.set('pick', JSON.stringify(state.pick));
  if (state.opened && state.record !== null) said.set('record', `${word(cell('run', state.record))} ${cell('key', state.record)}`);
  if (state.sides && String(state.sides) !== String(usual)) state.sides.forEach(side => said.append('side', SIDES[side].words));
  if (state.change !== 'other') said.set('change', state.change);
  return said.toString();
}

// Written a moment later: a browser refuses pages that rewrite their address with each key.
let rewriting = 0;
function keepAddress() {
  clearTimeout(rewriting);
  rewriting = setTimeout(() => {
    const said = address();
    if (said === location.hash.slice(1)) return;
    history.replaceState(null, '', said || location.hash ? `#${said}` : location.href);
  }, 120);
}

function readAddress() {
  const text = location.hash.slice(1);
  if (text && !text.includes('=')) return false; // the name of a section
  const said = new URLSearchParams(text);
  for (const [name, off] of Object.entries(state.off)) {
    off.clear();
    const asked = said.getAll(`without.${name}`);
    VALUES[name].filter(value => asked.includes(String(value))).forEach(value => off.add(value));
    if (off.size && off.size === VALUES[name].length) off.clear();
  }
  state.own = said.get('probes') === 'shown';
  state.even = said.get('axis') === 'fill';
  state.find = said.get('find') || '';
  state.outcome = said.get('outcome') || '';
  state.sort = SORTS.includes(said.get('sort')) ? said.get('sort') : SORTS[0];
  state.pick = readPick(said.get('pick'));
  state.page = 0;
  const key = said.get('record'), at = key === null ? -1 : RECORDS.findIndex(i => `${word(cell('run', i))} ${cell('key', i)}` === key);
  state.record = at < 0 ? null : at;
  state.opened = at >= 0;
  const sides = said.getAll('side').map(words => SIDES.findIndex(side => side.words === words));
  state.sides = sides.length === 2 && sides.every(side => side >= 0) ? sides : null;
  state.change = CHANGES.some(([name]) => name === said.get('change')) ? said.get('change') : 'other';
  return true;
}

// A point or a cell that an address names; null for what is none.
function readPick(text) {
  const number = value => value === null || Number.isFinite(value);
  let said = null;
  try { said = JSON.parse(text); } catch { return null; }
  if (said === null || typeof said !== 'object' || !DATA.series[said.series] || !['fill', 'gap', 'cell', 'outcome'].includes(said.axis)) return null;
  if (!number(said.from) || said.from === null || !number(said.to)) return null;
  const kept = { series: said.series, axis: said.axis, from: said.from, to: said.to };
  if (said.axis === 'fill') return { ...kept, level: said.level };
  if (said.axis === 'cell') return Number.isInteger(said.place) ? { ...kept, place: said.place } : null;
  if (said.axis === 'outcome') return FATES.some(([name]) => name === said.who) ? { ...kept, who: said.who } : null;
  return kept;
}
