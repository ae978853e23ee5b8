// Two runs or models side by side: what became of the same questions, and the replies that changed.

const CHANGES = [
  ['worse', 'only the first recalled it'], ['better', 'only the second recalled it'],
  ['other', 'another reply'], ['all', 'all'],
];
const AT_ONCE = 20;
let SIDES = [], usual = [];

// What can be set side by side: runs, and the models of a run that asked several.
function takeSides() {
  const known = new Map();
  for (const i of RECORDS) {
    const run = word(cell('run', i)), { model } = DATA.series[cell('series', i)];
    if (!known.has(run)) known.set(run, new Set());
    known.get(run).add(model);
  }
  SIDES = [...known].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([run, models]) => [
    ...(known.size > 1 ? [{ run, model: null, words: run }] : []),
    ...(models.size > 1 ? [...models].map(model => ({ run, model, words: known.size > 1 ? `${run}, ${model}` : model })) : []),
  ]);
}

function makeChanged() {
  takeSides();
  $('changed').hidden = SIDES.length < 2;
  if (SIDES.length < 2) { state.sides = null; return; }
  const whole = SIDES.map((side, i) => [side, i]).filter(([side]) => side.model === null);
  usual = whole.length > 1 ? whole.slice(-2).map(([, i]) => i) : [0, 1]; // the newest, and the one before it
  if (!state.sides || state.sides.some(i => !SIDES[i])) state.sides = [...usual];
  const pick = side => el('select', { id: `side-${side}`, onchange: event => { state.sides[side] = Number(event.target.value); state.changePage = 0; drawChanged(); keepAddress(); } },
    SIDES.map(({ words }, i) => el('option', { value: i }, words)));
  $('changed-pick').replaceChildren(el('label', { for: 'side-0' }, 'First'), pick(0), el('label', { for: 'side-1' }, 'Second'), pick(1));
}

// Pairs of records that ask the same; of the same model, unless each side is of one.
function sameQuestions(chosen) {
  const of = ({ run, model }) => RECORDS.filter(i => cell('pair', i) !== null && word(cell('run', i)) === run && (model === null || DATA.series[cell('series', i)].model === model) && left(i) && probed(i));
  const sides = chosen.map(of);
  const models = sides.map(side => new Set(side.map(i => DATA.series[cell('series', i)].model)));
  const by = models.some(one => one.size > 1);
  const key = i => {
    const series = DATA.series[cell('series', i)];
    return [cell('pair', i), by ? series.model : '', series.policy, series.memory].join('\n');
  };
  const known = new Map(sides[0].map(i => [key(i), i]));
  return sides[1].filter(i => known.has(key(i))).map(i => [known.get(key(i)), i]).filter(([a, b]) => a !== b);
}

// What changed between two records; null where one of them has no score.
function change(a, b) {
  const [x, y] = [cell('score', a), cell('score', b)];
  if (x === null || y === null) return 'unscored';
  if (x === y) return cell('reply', a) === cell('reply', b) ? 'same' : 'reworded';
  return y < x ? 'worse' : 'better';
}

const isChosen = (kind, what) => kind === 'all' || kind === what || (kind === 'other' && what !== 'same');

function drawChanged() {
  if ($('changed').hidden) return;
  state.sides.forEach((side, i) => { $(`side-${i}`).value = side; });
  const pairs = sameQuestions(state.sides.map(side => SIDES[side])).map(pair => [...pair, change(...pair)]);
  const n = what => pairs.filter(pair => pair[2] === what).length;
  const [unscored, both] = [n('unscored'), pairs.filter(pair => pair[2] !== 'unscored')];
  const recall = side => both.length ? percent(both.reduce((sum, pair) => sum + cell('score', pair[side]), 0) / both.length) : '–';
  const table = tabled(['', 'questions in both>', 'recall, first>', 'recall, second>', 'worse in the second>', 'better in the second>', 'as well, in other words>', 'the same reply>'],
    [['', count(both.length), recall(0), recall(1), count(n('worse')), count(n('better')), count(n('reworded')), count(n('same'))].slice(1)].map(row => ['measured in both', ...row]));
  $('changed-table').replaceChildren(...(pairs.length
    ? [table, el('p', { class: 'note' }, `${unscored ? `${number(unscored, 'more question')} without a score in one of them. ` : ''}${DATA.carried < DATA.stored ? 'Of the sample that this page carries. ' : ''}Whether a difference is more than chance is told above, with its interval.`)]
    : [el('p', { class: 'nothing' }, state.sides[0] === state.sides[1] ? 'The two are the same.' : 'The two have no question in common among what the filters leave.')]));
  $('changed-show').replaceChildren(...(pairs.length ? CHANGES.map(([kind, words]) => el('button', {
    type: 'button', class: 'chip one', 'aria-pressed': state.change === kind ? 'true' : 'false', 'data-change': kind,
    onclick: () => { state.change = kind; state.changePage = 0; drawChanged(); $('changed-show').querySelector(`[data-change=${kind}]`).focus(); keepAddress(); },
  }, `${words} (${count(pairs.filter(pair => isChosen(kind, pair[2])).length)})`)) : []));
  drawPairs(pairs.filter(pair => isChosen(state.change, pair[2])).sort((a, b) => cell('fill', a[0]) - cell('fill', b[0]) || a[0] - b[0]));
}

function drawPairs(pairs) {
  const last = Math.max(0, Math.ceil(pairs.length / AT_ONCE) - 1), at = Math.min(state.changePage, last);
  const go = (step, words, on) => el('button', { type: 'button', class: 'plain', disabled: !on, onclick: () => { state.changePage = at + step; drawChanged(); $('changed-show').scrollIntoView(); } }, words);
  $('changed-list').replaceChildren(...[
    el('ol', { class: 'pairs' }, pairs.slice(at * AT_ONCE, (at + 1) * AT_ONCE).map(([a, b, what]) => el('li', { 'data-change': what },
      el('p', {}, el('b', {}, word(cell('fact', a))), ' ', el('span', { class: 'dim' }, `${word(cell('session', a))} · ${DATA.series[cell('series', b)].name} · fill ${percent(cell('fill', a), 0)}`)),
      el('p', { class: 'dim' }, `${word(cell('question', a))} Expected: ${cell('expected', a).map(word).join(', ')}`),
      el('div', { class: 'sides' }, [a, b].map((i, side) => el('div', {},
        el('span', { class: 'small' }, side ? 'second' : 'first', ' ', tag(i)),
        el('span', { class: 'said' }, word(cell('reply', i)) ?? word(cell('error', i)) ?? 'nothing came back'),
        el('button', { type: 'button', class: 'plain', 'aria-label': `Open the record of the ${side ? 'second' : 'first'}`, onclick: () => openRecord(i) }, 'Open')))),
    ))),
    last > 0 && el('p', { class: 'dim' }, go(-1, 'Earlier', at > 0), ` ${at + 1} of ${last + 1} `, go(1, 'Later', at < last)),
  ].filter(Boolean));
}

function openRecord(i) {
  Object.assign(state, { pick: null, find: '', outcome: '', record: i, opened: true });
  drawAll();
  $('record').scrollIntoView();
  $('record').focus({ preventScroll: true });
}
