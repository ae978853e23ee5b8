// One record in full: what was asked, wanted and said, and the session around the fact as it was sent.

function drawRecord() {
  const i = state.record, root = $('record');
  if (i === null) { root.replaceChildren(el('p', { class: 'nothing' }, 'No record is left by the filters.')); return; }
  const get = name => cell(name, i), text = name => word(get(name));
  const series = DATA.series[get('series')];
  const facts = [
    ['Question', el('span', { class: 'said' }, text('question'))],
    [text('arm') === 'main' ? 'Expected' : 'Not to be named', get('expected').length ? el('span', { class: 'said' }, get('expected').map(word).join(', ')) : text('kind') === 'rule' ? 'that the rule is kept' : 'that it was never said'],
    ['Reply', text('reply') === null ? el('span', { class: 'nothing' }, text('error') || 'nothing came back') : el('span', { class: 'said', id: 'reply' }, text('reply') || '(empty)')],
    ['Outcome', [tag(i), get('score') === null ? '' : `  score ${get('score')}`, text('why') ? `. ${text('why')}` : '']],
    ['Where', `fill ${percent(get('fill'))}${get('position') === null ? '' : `, position ${percent(get('position'), 0)}`}${get('gap') === null ? '' : `, ${count(get('gap'))} tokens away`}${get('seen') === null ? '' : get('seen') ? ', fact among what was sent' : ', fact not sent'}`],
    ...get('rounds') ? [['Compactions', `went through ${number(get('rounds'), 'compaction')}, ${get('survived') === get('rounds') ? 'still said' : `still said after ${get('survived')}`}${text('door') === null ? '' : `; ${DOORS[text('door')]}`}`]] : text('door') === null ? [] : [['Cleared', DOORS[text('door')]]],
    ['Tokens', `session ${count(get('local'))}, sent ${count(get('sent'))} (local); ${get('prompt') === null ? 'nothing measured' : `${count(get('prompt'))} by the ${text('meter') === 'provider' ? 'provider' : 'local count'}`}${get('cached') === null ? '' : `, ${count(get('cached'))} cached`}${get('completion') === null ? '' : `, ${count(get('completion'))} out`}${get('cut') ? '; the server dropped text' : ''}`],
    ['Call', `${text('status')}${text('finish') ? `, ${text('finish')}` : ''}${get('latency') === null ? '' : `, ${get('latency')} s`}${get('cost') === null ? ', cost unknown' : `, $${get('cost')}`}`],
    ['Show again', el('span', { class: 'id' }, `harness show ${text('run')} ${get('key')} --messages`)],
  ];
  root.replaceChildren(
    el('h3', {}, text('fact'), ' ', el('span', { class: 'dim' }, `${text('kind')}, ${text('session')}`)),
    el('p', { class: 'dim' }, `${series.name}, ${count(series.window)}-token window, ${series.policy}${text('arm') === 'main' ? '' : `, arm ${text('arm')}`}`),
    el('dl', {}, facts.map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
    el('h3', {}, 'The session around the fact'), ...session(i));
}

const DOORS = { cleared: 'the result that said it was cleared', left_out: 'left out of the summary', garbled: 'garbled in the summary', unused: 'in the summary, and not used' };
// Where the view goes on behind the system messages: a summary stands there, or the oldest turn that was kept.
const resumes = view => view.slice(1, 2).flatMap(([from]) => [from, from + 1]);
const sentAt = (view, index) => view.some(([from, to]) => index >= from && index < to);

function session(i) {
  const trunk = cell('trunk', i), view = cell('view', i);
  const plants = cell('plants', i).filter(p => p >= 0); // -1: said in a session before this one
  const length = cell('length', i) === null ? Math.max(0, ...view.map(one => one[1])) : cell('length', i);
  const strip = length ? [sessionStrip(i, length, view, plants)] : [];
  if (trunk === null) return [...strip, el('p', { class: 'nothing' }, length ? 'Its messages are not carried by this page; harness show prints them.' : 'This arm has no session: the question is all that was sent.')];
  const held = new Map(DATA.trunks[trunk]);
  const near = new Set([0, 1, length - 2, length - 1, ...resumes(view), ...plants.flatMap(p => [p - 2, p - 1, p, p + 1, p + 2, p + 3])]);
  const shownHere = [...near].filter(index => index >= 0 && index < length && held.has(index)).sort((a, b) => a - b);
  const values = cell('expected', i).map(word), lines = [];
  let next = 0;
  if (plants.length < cell('plants', i).length) lines.push(el('li', { class: 'skipped earlier' }, 'The fact was said in an earlier session, and nothing brought it into this one.'));
  for (const index of shownHere) {
    if (index > next) lines.push(skipped(next, index, view));
    lines.push(message(DATA.texts[held.get(index)], sentAt(view, index), plants.includes(index), values, index));
    next = index + 1;
  }
  if (length > next) lines.push(skipped(next, length, view));
  lines.push(el('li', { class: 'user ask' }, el('span', { class: 'role' }, 'user, the question'), el('span', { class: 'text' }, word(cell('question', i)))));
  const reply = word(cell('reply', i));
  if (reply !== null) lines.push(el('li', { class: 'assistant' }, el('span', { class: 'role' }, 'the model'), el('span', { class: 'text' }, reply || '(empty)')));
  return [...strip, el('ol', { class: 'talk', id: 'talk' }, lines)];
}

function skipped(from, to, view) {
  let sent = 0;
  for (let index = from; index < to; index += 1) sent += sentAt(view, index);
  const gone = to - from - sent;
  return el('li', { class: 'skipped' }, `… ${number(to - from, 'message')} not shown here${gone ? sent ? `; ${count(gone)} of them evicted, not sent` : '; evicted, not sent' : ''}`);
}

function message([role, text, left], sent, fact, values, index) {
  const who = `${word(role)}, message ${index + 1}${fact ? ', says the fact' : ''}${sent ? '' : ', evicted: not sent'}${left ? `, ${count(left)} characters left out` : ''}`;
  return el('li', { class: `${word(role)}${fact ? ' fact' : ''}${sent ? '' : ' evicted'}` }, el('span', { class: 'role' }, who), el('span', { class: 'text' }, fact ? marked(text, values) : text));
}

// The values inside a text, marked; everything stays text.
function marked(text, values) {
  const value = values.filter(one => one && text.includes(one)).sort((a, b) => b.length - a.length)[0];
  if (!value) return text;
  return text.split(value).flatMap((part, i) => i ? [el('mark', {}, value), part] : [part]);
}

// The whole session as a bar: what was sent, what was not, where the fact stands.
function sessionStrip(i, length, view, plants) {
  const wide = 600, x = index => index / length * wide;
  const [id, defs] = hatches();
  const root = svg('svg', { class: 'strip', viewBox: `0 0 ${wide} 26`, preserveAspectRatio: 'none', role: 'img',
    'aria-label': `${number(length, 'message')}; sent: ${view.map(([a, b]) => `${a + 1} to ${b}`).join(', ') || 'none'}; the fact stands in ${plants.map(p => p + 1).join(', ') || 'none'}` }, defs);
  root.append(svg('rect', { x: 0, y: 4, width: wide, height: 16, fill: `url(#${id}rising)` }), svg('rect', { x: 0.5, y: 4.5, width: wide - 1, height: 15, fill: 'none', stroke: 'var(--line)' }));
  for (const [from, to] of view) root.append(svg('rect', { x: x(from), y: 4, width: Math.max(x(to) - x(from), 1), height: 16, fill: 'var(--o-recalled)' }));
  if (cell('cut', i) && cell('prompt', i) !== null && cell('sent', i)) {
    const gone = clamp(1 - cell('prompt', i) / cell('sent', i), 0, 1);
    root.append(svg('rect', { x: 0, y: 4, width: gone * wide, height: 16, fill: 'var(--o-server)', opacity: 0.55 }));
  }
  for (const plant of plants) root.append(svg('rect', { x: Math.min(x(plant), wide - 4), y: 0, width: 4, height: 24, fill: 'var(--s1)' }));
  const evicted = length - view.reduce((sum, [a, b]) => sum + b - a, 0);
  const parts = [`${number(length, 'message')}, first to last`, evicted ? `${count(evicted)} evicted (hatched)` : 'all sent', plants.length ? 'the fact in orange' : '', cell('cut', i) ? 'about what the server dropped in blue' : ''];
  return el('div', {}, root, el('p', { class: 'small' }, parts.filter(Boolean).join(' · ')));
}
