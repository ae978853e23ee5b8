// The filters: every choice is a button, and whoever is left is told at once.

function chips(name, label) {
  const values = VALUES[name];
  if (values.length < 2) return null;
  const off = state.off[name];
  return el('fieldset', { 'data-filter': name }, el('legend', {}, label), values.map(value => el('button', {
    type: 'button', class: 'chip', 'aria-pressed': off.has(value) ? 'false' : 'true', 'data-value': value,
    onclick: () => {
      if (off.has(value)) off.delete(value);
      else if (off.size === values.length - 1) off.clear(); // the last one off means: all again
      else off.add(value);
      changed();
    },
  }, name === 'window' ? `${count(value)} tokens` : value)));
}

function losses() {
  const one = (own, text) => el('button', {
    type: 'button', class: 'chip one', 'aria-pressed': state.own === own ? 'true' : 'false', 'data-value': own ? 'own' : 'all',
    onclick: () => { state.own = own; changed(); },
  }, text);
  return el('fieldset', { 'data-filter': 'losses' }, el('legend', {}, 'probes'), one(false, 'all'), one(true, 'only facts that the model was shown'));
}

function axes() {
  if (!VALUES.window.some(window => window > STYLE.long)) return null;
  const one = (even, text) => el('button', {
    type: 'button', class: 'chip one', 'aria-pressed': state.even === even ? 'true' : 'false', 'data-value': even ? 'even' : 'octaves',
    onclick: () => { state.even = even; changed(); },
  }, text);
  return el('fieldset', { 'data-filter': 'axis' }, el('legend', {}, 'axis of long windows'), one(false, 'tokens, in octaves'), one(true, 'fill of the window'));
}

function drawFilters() {
  const root = $('filters');
  const open = root.querySelector('details') ? root.querySelector('details').open : false;
  const focus = document.activeElement && document.activeElement.dataset.value !== undefined && document.activeElement.closest('[data-filter]')
    ? [document.activeElement.closest('[data-filter]').dataset.filter, document.activeElement.dataset.value] : null;
  const probes = added('fill').reduce((sum, row) => sum + row.n, 0);
  const active = Object.values(state.off).some(set => set.size) || state.own;
  root.replaceChildren(el('details', { open },
    el('summary', {}, 'Filters ', el('span', { class: 'dim', id: 'left', role: 'status' },
      `${shown().length} of ${DATA.series.length} series · ${number(probes, 'probe')}${active ? ' · filtered' : ''}`)),
    el('div', { class: 'body' },
      DIMENSIONS.map(([name, label]) => chips(name, label)), FACETS.map(([name, label]) => chips(name, label)), losses(), axes(),
      active && el('button', { type: 'button', class: 'plain', onclick: reset }, 'Show everything'))));
  if (focus) {
    const again = [...root.querySelectorAll('[data-filter] button')].find(button =>
      button.closest('[data-filter]').dataset.filter === focus[0] && button.dataset.value === focus[1]);
    if (again) again.focus();
  }
}

function reset() {
  for (const set of Object.values(state.off)) set.clear();
  state.own = false;
  changed();
}
