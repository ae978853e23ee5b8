// The page of a run that goes on: how far it is, and newer numbers as they come.

const LIVE = $('live');
let version = LIVE.dataset.version;

const inWords = s => s < 90 ? `${Math.max(1, Math.round(s))} s` : s < 5400 ? `${Math.round(s / 60)} min` : `${(s / 3600).toFixed(1)} h`;

function progressLine(run) {
  const share = run.planned ? Math.min(run.done / run.planned, 1) : null;
  const of = run.planned === null ? `${count(run.done)} trials, as many as it takes` : `${count(run.done)} of ${number(run.planned, 'trial')}`;
  const pace = run.per_minute === null || run.state !== 'running' ? '' : `, ${run.per_minute < 10 ? run.per_minute.toFixed(1) : count(Math.round(run.per_minute))} a minute`;
  const left = run.state === 'complete' ? 'complete' : run.state === 'quiet' ? `nothing new for ${inWords(run.quiet_s)}` : run.eta_s === null ? 'running' : `about ${inWords(run.eta_s)} to go`;
  const models = Object.entries(run.models);
  return el('div', { class: 'progress', 'data-state': run.state },
    el('p', {}, el('b', {}, left), ` · ${of}${pace}${run.errors ? ` · ${number(run.errors, 'error')}` : ''} · `, el('span', { class: 'id' }, run.run)),
    share !== null && el('progress', { value: share, max: 1, 'aria-label': `${run.run}: ${of}` }),
    models.length > 1 && el('p', { class: 'small' }, models.map(([model, n]) => `${model} ${count(n)}`).join(' · ')));
}

// What the server says; an error in words where it does not answer, or cannot.
async function asked(path, read) {
  let answer;
  try { answer = await fetch(path, { cache: 'no-store' }); } catch { return { error: 'harness view does not answer: was it ended? What you see stands as it was.' }; }
  const said = await answer[read]();
  return answer.ok ? { said } : { error: said.error || said };
}

// A newer page from the same server: its data are taken, and what stands outside the script replaced.
function renew(text) {
  const newer = new DOMParser().parseFromString(text, 'text/html');
  const data = newer.getElementById('data');
  if (!data) return; // it waits for the first record again
  const key = state.record === null ? null : `${word(cell('run', state.record))} ${cell('key', state.record)}`;
  const sides = state.sides ? state.sides.map(side => SIDES[side].words) : null;
  const chosen = state.pick && DATA.series[state.pick.series];
  const off = Object.fromEntries(Object.entries(state.off).map(([name, set]) => [name, [...set]]));
  const open = new Set([...document.querySelectorAll('section details[open]')].map(nameOf));
  DATA = JSON.parse(data.textContent);
  version = newer.getElementById('live').dataset.version;
  for (const section of STATIC.map($).filter(Boolean)) {
    const fresh = newer.getElementById(section.id);
    if (fresh) section.replaceChildren(...fresh.childNodes);
  }
  document.querySelector('.top').replaceChildren(...newer.querySelector('.top').childNodes);
  document.querySelectorAll('#answer details, #lengths details').forEach(one => { one.open = open.has(nameOf(one)); });
  taken();
  takeSides();
  for (const [name, values] of Object.entries(off)) state.off[name] = new Set(values.filter(value => VALUES[name].includes(value)));
  const at = key === null ? -1 : RECORDS.findIndex(i => `${word(cell('run', i))} ${cell('key', i)}` === key);
  state.record = at < 0 ? null : at;
  state.sides = sides && sides.map(words => SIDES.findIndex(side => side.words === words));
  if (chosen) state.pick.series = DATA.series.findIndex(series => DIMENSIONS.every(([name]) => series[name] === chosen[name]));
  if (state.pick && state.pick.series < 0) state.pick = null;
  INITIAL.clear();
  begin();
}

const STATIC = ['answer', 'time', 'carried', 'rules', 'controls', 'lengths', 'usage', 'left-out', 'methods'];
const nameOf = details => `${details.closest('section').id} ${details.dataset.series ?? details.closest('[data-series]')?.dataset.series}`;

async function watch() {
  const { said, error } = await asked('/progress', 'json');
  let wrong = error;
  if (said) {
    LIVE.replaceChildren(...said.runs.map(progressLine));
    if (said.page !== version && !document.activeElement.closest('select, #find')) {
      const newer = await asked('/', 'text');
      wrong = newer.error;
      if (!wrong) renew(newer.said);
    }
  }
  if (wrong) LIVE.replaceChildren(el('p', { class: 'warn' }, wrong));
  setTimeout(watch, said && said.runs.some(run => run.state === 'running') ? 2000 : 5000);
}
watch();
