// The records behind a point or a cell, and one of them in full.

const PAGE = 40;
const LABELS = { recalled: 'recalled', partial: 'in part', evicted: 'evicted', lost_in_memory: 'lost in memory', server_truncated: 'dropped by the server', maybe_unseen: 'perhaps not seen', cannot_tell: 'nobody can tell', opaque: 'in an opaque block',
  output_truncated: 'reply cut off', abstained: 'says it does not know', swapped: 'another value', stale: 'a superseded value', incomplete: 'incomplete', fabricated: 'made up', refused: 'refused', broken: 'broken' };

const same = pick => state.pick !== null && JSON.stringify(state.pick) === JSON.stringify(pick);
const RECALL = ['recall', 'update', 'set'];
const probed = i => word(cell('arm', i)) === 'main' && RECALL.includes(word(cell('kind', i)));
const inBin = (value, { from, to, level }) => value !== null && (value > from || ((level || from === 0) && value === from)) && (to === null || value <= to);

// Whether the filters leave a record.
function left(i) {
  const series = DATA.series[cell('series', i)];
  if (!series || !isOn(series) || state.off.scenario.has(word(cell('scenario', i))) || state.off.kind.has(word(cell('kind', i)))) return false;
  if (state.own && (cell('seen', i) === false || cell('cut', i) === true)) return false;
  return true;
}

// Whether it is one of those behind the point or the cell that was chosen.
function picked(i) {
  const pick = state.pick;
  if (!pick) return true;
  if (cell('series', i) !== pick.series || !probed(i) || cell('score', i) === null) return false;
  if (pick.axis === 'gap') {
    const gap = cell('gap', i);
    return gap !== null && gap >= pick.from && (pick.to === null || gap < pick.to);
  }
  if (!inBin(cell('fill', i), pick)) return false;
  if (pick.axis === 'outcome') return word(cell('who', i)) === pick.who;
  if (pick.axis === 'cell') {
    const position = cell('position', i);
    return position !== null && Math.min(Math.floor(5 * position + 1e-9), 4) === pick.place;
  }
  return true;
}

function choose(pick) {
  state.pick = same(pick) ? null : pick;
  state.page = 0;
  state.record = null;
  state.opened = false;
  drawAll();
  if (state.pick) {
    $('records').scrollIntoView();
    const first = $('records-list').querySelector('button');
    if (first) first.focus({ preventScroll: true });
  }
}

function fate(i) {
  const status = word(cell('status', i)), cause = word(cell('cause', i)), arm = word(cell('arm', i));
  if (cell('score', i) === null) return ['none', status === 'ok' ? 'no score' : status];
  if (arm !== 'main' || word(cell('kind', i)) === 'abstain') return cell('score', i) === 1 ? ['recalled', 'right'] : ['model', 'wrong'];
  const who = word(cell('who', i));
  if (word(cell('kind', i)) === 'rule' && who === 'recalled') return [who, 'kept'];
  return [who, who === 'partial' ? 'in part' : LABELS[cause] || cause];
}

const tag = i => { const [kind, text] = fate(i); return el('span', { class: `tag ${kind}` }, text); };

function drawRecords() {
  const here = RECORDS.filter(i => left(i) && picked(i)).filter(found);
  drawSearch(here);
  const records = ordered(here.filter(became));
  if (state.opened && records.includes(state.record)) state.page = Math.floor(records.indexOf(state.record) / PAGE);
  const from = state.page * PAGE;
  $('records-note').textContent = (DATA.carried < DATA.stored
    ? `This page carries a sample of ${count(DATA.carried)} of ${count(DATA.stored)} records, drawn evenly over series, fill and outcome; figures count all of them. `
    : `All ${number(DATA.stored, 'record')}. `)
    + (DATA.told === DATA.carried ? '' : DATA.told ? `The session around the fact is shown for ${count(DATA.told)} of them. ` : 'The messages of the sessions were not at hand when this page was made. ');
  $('records-pick').replaceChildren(...[
    state.pick ? el('span', {}, el('b', {}, pickWords(state.pick))) : el('span', {}, 'Everything that the filters leave'),
    el('span', { class: 'dim', id: 'records-count' }, `${number(records.length, 'record')}${DATA.carried < DATA.stored ? ' of the sample' : ''}`),
    state.pick && el('button', { type: 'button', class: 'plain', onclick: () => { state.pick = null; state.page = 0; state.record = null; state.opened = false; drawAll(); } }, 'Show all'),
  ].filter(Boolean));
  if (state.record === null || !records.includes(state.record)) state.record = records.length ? records[Math.min(from, records.length - 1)] : null;
  $('records-list').replaceChildren(...[el('ol', { class: 'rows' }, records.slice(from, from + PAGE).map(i => el('li', {}, el('button', {
    type: 'button', 'data-record': i, 'aria-current': i === state.record ? 'true' : null,
    onclick: () => { state.record = i; state.opened = true; drawRecords(); keepAddress(); $('record').focus({ preventScroll: true }); if (innerWidth < 832) $('record').scrollIntoView(); },
  }, el('span', {}, `${word(cell('fact', i))}`), tag(i), el('span', { class: 'small' },
    `${word(cell('session', i))} · ${DATA.series[cell('series', i)].name} · fill ${percent(cell('fill', i), 0)}${word(cell('arm', i)) === 'main' ? '' : ` · ${word(cell('arm', i))}`}`))))),
  pager(records.length)].filter(Boolean));
  drawRecord();
}

function pager(n) {
  if (n <= PAGE) return null;
  const go = (step, text, on) => el('button', { type: 'button', class: 'plain', disabled: !on, onclick: () => { state.page += step; state.record = null; state.opened = false; drawRecords(); keepAddress(); $('records').scrollIntoView(); } }, text);
  const last = Math.ceil(n / PAGE) - 1;
  return el('p', { class: 'dim' }, go(-1, 'Earlier', state.page > 0), ` ${state.page + 1} of ${last + 1} `, go(1, 'Later', state.page < last));
}
