'use strict';
// Draws /status.json once a second. Nothing comes from anywhere else, and nothing is sent.
(() => {
  const SVG = 'http://www.w3.org/2000/svg';
  // Okabe and Ito's, which colour-blind people tell apart; every colour also stands beside its name.
  const PALETTE = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#b5a900', '#7f7f7f'];
  const EVERY = 1000;
  const PATIENCE = 4000;
  const STALE = 10000;
  const CENTER = 100;

  const byId = id => document.getElementById(id);
  const integer = new Intl.NumberFormat('en');
  const count = n => integer.format(Math.round(n));
  const percent = f => (100 * f).toFixed(1) + ' %';
  const millis = ms => (ms < 100 ? ms.toFixed(1) : count(ms)) + ' ms';
  const clock = iso => new Date(iso).toLocaleTimeString('en-GB');
  const number = table => (table.exact ? '' : 'about ') + count(table.rows);
  const allRows = tables => tables.reduce((sum, table) => sum + table.rows, 0);
  const plural = (n, one, many) => count(n) + ' ' + (n === 1 ? one : many);

  function duration(seconds) {
    if (seconds < 90) return Math.max(1, Math.round(seconds)) + ' s';
    if (seconds < 5400) return Math.round(seconds / 60) + ' min';
    return Math.floor(seconds / 3600) + ' h ' + String(Math.floor(seconds / 60) % 60).padStart(2, '0') + ' min';
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function drawn(tag, attributes, text) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  // --- what to know -----------------------------------------------------------------------------------------------

  function notice(one) {
    const box = element('div', 'notice ' + one.level);
    box.append(element('p', 'text', one.text));
    if (one.detail) box.append(element('p', 'detail', one.detail));
    if (one.command) {
      const line = element('p', 'detail', 'Run ');
      line.append(element('code', '', one.command));
      box.append(line);
    }
    return box;
  }

  let noticesShown = '';
  function showNotices(notices) {
    const text = JSON.stringify(notices);
    if (text !== noticesShown) { // so that a screen reader reads what is new, and nothing else
      noticesShown = text;
      byId('notices').replaceChildren(...notices.map(notice));
    }
  }

  // --- the ring ---------------------------------------------------------------------------------------------------

  function at(place, radius) {
    const angle = 2 * Math.PI * (place - 0.25);
    return (CENTER + radius * Math.cos(angle)).toFixed(3) + ' ' + (CENTER + radius * Math.sin(angle)).toFixed(3);
  }

  function slice(begin, end, inner, outer) {
    const last = Math.min(end, begin + 0.99999); // a circle that ends where it begins would be nothing
    const large = last - begin > 0.5 ? 1 : 0;
    return `M${at(begin, outer)}A${outer} ${outer} 0 ${large} 1 ${at(last, outer)}`
      + `L${at(last, inner)}A${inner} ${inner} 0 ${large} 0 ${at(begin, inner)}Z`;
  }

  function slices(arcs, inner, outer) {
    return arcs.map(arc => slice(arc[0], arc[1], inner, outer)).join('');
  }

  function groupBy(list, key) {
    const groups = new Map();
    for (const one of list) {
      const name = key(one);
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(one);
    }
    return groups;
  }

  const WIDE = [58, 84];
  const THIN = [88, 92];
  const EDGE = [94, 98];

  function pathOf(arcs, radii, attributes, title) {
    const path = drawn('path', { d: slices(arcs, radii[0], radii[1]), ...attributes });
    path.append(drawn('title', {}, title));
    return path;
  }

  function hatches(colours) {
    const defs = drawn('defs', {});
    colours.forEach((colour, name) => {
      const pattern = drawn('pattern', {
        id: 'to-' + colour.slice(1), width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)',
      });
      pattern.append(drawn('rect', { width: 2.6, height: 5, fill: colour }));
      pattern.append(drawn('rect', { x: 2.6, width: 2.4, height: 5, class: 'stripe' }));
      defs.append(pattern);
    });
    return defs;
  }

  function ringText(status) {
    const owned = status.shards.map(shard => `${shard.name} owns ${percent(shard.share)}, should own ${percent(shard.targetShare)}`);
    const pending = status.pendingShare > 0 ? ` ${percent(status.pendingShare)} of the ring has still to move.` : '';
    return owned.join('; ') + '.' + pending;
  }

  function ring(status, colourOf) {
    const svg = drawn('svg', { viewBox: '0 0 200 200', role: 'img', 'aria-label': ringText(status) });
    const colours = new Map(status.shards.map(shard => [shard.name, colourOf(shard.name)]));
    svg.append(hatches(colours));
    svg.append(drawn('circle', { class: 'track', cx: CENTER, cy: CENTER, r: 71, 'stroke-width': 26 }));
    svg.append(drawn('circle', { class: 'track', cx: CENTER, cy: CENTER, r: 90, 'stroke-width': 4 }));
    groupBy(status.targets, arc => arc[2]).forEach((arcs, name) =>
      svg.append(pathOf(arcs, THIN, { fill: colourOf(name) }, name + ' should own this')));
    groupBy(status.owners, arc => arc[2]).forEach((arcs, name) =>
      svg.append(pathOf(arcs, WIDE, { fill: colourOf(name), 'data-owner': name }, name + ' owns this')));
    groupBy(status.pending, move => move[3]).forEach((moves, name) =>
      svg.append(pathOf(moves, WIDE, {
        fill: `url(#to-${colourOf(name).slice(1)})`,
        class: 'pending' + (status.moving ? ' active' : ''),
        'data-target': name,
      }, 'to move to ' + name)));
    if (status.transit.length > 0 && status.moving) {
      const seen = status.transit.map(([begin, end]) => [begin, Math.max(end, begin + 0.006)]);
      svg.append(pathOf(seen, EDGE, { class: 'transit' }, 'on its way right now'));
    }
    const first = status.rows[0]; // the table of the keys themselves
    svg.append(drawn('text', { class: 'total', x: CENTER, y: CENTER + 3, 'text-anchor': 'middle' }, first ? number(first) : '–'));
    svg.append(drawn('text', { class: 'unit', x: CENTER, y: CENTER + 20, 'text-anchor': 'middle' }, first ? first.table : 'not counted yet'));
    return svg;
  }

  function showTables(tables) {
    byId('tables').hidden = tables.length < 2;
    byId('tables').replaceChildren(...tables.map(table => {
      const item = element('li', '', table.table + ' ');
      item.append(element('span', 'count', number(table)));
      return item;
    }));
  }

  function pinText(pin) {
    return pin.owner === pin.shard ? pin.shard : `to ${pin.shard}, ${pin.owner === null ? 'owner not known' : 'now on ' + pin.owner}`;
  }

  function showPins(pins) {
    byId('pinned').hidden = pins.length === 0;
    byId('pins').replaceChildren(...pins.map(pin => {
      const item = element('li', '', pin.key + ' ');
      item.append(element('span', 'count', pinText(pin)));
      return item;
    }));
  }

  /** Only those that weigh: where all keys are alike, any ten would be the heaviest. */
  function showHeaviest(all, sampled) {
    const heaviest = all.filter(heavy => heavy.ofFairShare >= 0.01);
    byId('heavy').hidden = heaviest.length === 0;
    byId('sampled').hidden = !sampled;
    byId('heaviest').replaceChildren(...heaviest.map(heavy => {
      const item = element('li', '', (heavy.key === null ? 'token ' + heavy.token : heavy.key) + ' ');
      const text = `${plural(heavy.rows, 'row', 'rows')} on ${heavy.shard}, ${heavy.ofFairShare.toFixed(2)} of a fair share`;
      item.append(element('span', 'count', text));
      return item;
    }));
  }

  // --- shards -----------------------------------------------------------------------------------------------------

  function shardItem(name) {
    const item = element('li');
    const row = element('div', 'row');
    const swatch = element('span', 'swatch');
    const title = element('span');
    const label = element('span', 'name', name);
    const badge = element('span', 'badge');
    title.append(label, badge);
    const rows = element('span', 'rows');
    row.append(swatch, title, rows);
    const share = element('div', 'share');
    share.setAttribute('role', 'img');
    const fill = element('span', 'fill');
    const goal = element('span', 'goal');
    share.append(fill, goal);
    const facts = element('div', 'facts');
    const problem = element('p', 'problem');
    item.append(row, share, facts, problem);
    return { item, swatch, badge, rows, share, fill, goal, facts, problem };
  }

  const items = new Map();
  function showShards(status, colourOf) {
    const widest = Math.max(0.01, ...status.shards.map(shard => Math.max(shard.share, shard.targetShare)));
    const wanted = new Set(status.shards.map(shard => shard.name));
    for (const name of [...items.keys()]) {
      if (!wanted.has(name)) {
        items.get(name).item.remove();
        items.delete(name);
      }
    }
    status.shards.forEach((shard, i) => {
      if (!items.has(shard.name)) items.set(shard.name, shardItem(shard.name));
      const shown = items.get(shard.name);
      if (byId('shards').children[i] !== shown.item) byId('shards').insertBefore(shown.item, byId('shards').children[i] || null);
      showShard(shard, shown, colourOf(shard.name), widest);
      setText(shown.rows, rowsText(status, shard));
      shown.rows.title = shard.rows.map(table => `${table.table}: ${number(table)}`).join('\n');
    });
  }

  /** While rows move, and until all are counted anew, counts are of different moments. Shares are not, and the ring spreads keys evenly. */
  function rowsText(status, shard) {
    if (shard.state === 'new') return 'no rows yet';
    const total = allRows(status.rows);
    const counted = status.shards.reduce((sum, one) => sum + allRows(one.rows), 0);
    if (status.rows.length > 0 && (status.moving || counted !== total)) return 'about ' + plural(total * shard.share, 'row', 'rows');
    if (shard.rows.length === 0) return 'not counted yet';
    return (shard.rows.every(table => table.exact) ? '' : 'about ') + plural(allRows(shard.rows), 'row', 'rows');
  }

  function showShard(shard, shown, colour, widest) {
    shown.item.dataset.shard = shard.name;
    shown.item.dataset.state = shard.state;
    shown.swatch.style.background = colour;
    shown.fill.style.background = colour;
    shown.fill.style.width = (100 * shard.share / widest) + '%';
    shown.goal.style.left = (100 * shard.targetShare / widest) + '%';
    shown.badge.className = 'badge ' + shard.state;
    setText(shown.badge, shard.state);
    shown.share.setAttribute('aria-label', `${percent(shard.share)} of the ring, target ${percent(shard.targetShare)}`);
    const facts = [`${percent(shard.share)} of the ring`, `target ${percent(shard.targetShare)}`, plural(shard.ranges, 'range', 'ranges')];
    if (shard.ofFairShare !== null) facts.push(`${shard.ofFairShare.toFixed(2)} of its fair share of rows`);
    if (shard.leftovers > 0) facts.push(plural(shard.leftovers, 'range in between', 'ranges in between'));
    if (shard.state === 'down') facts.push('as last heard');
    if (shown.facts.textContent !== facts.join('')) shown.facts.replaceChildren(...facts.map(fact => element('span', '', fact)));
    shown.problem.hidden = !shard.problem;
    setText(shown.problem, shard.problem ? `Since ${clock(shard.since)}: ${shard.problem}` : '');
  }

  // --- what moves -------------------------------------------------------------------------------------------------

  /** How many seconds a chart shows: no more than has been seen, so that a young one is not empty. */
  const spanOf = samples => [60, 120].find(span => samples.length <= span) || 180;

  function frame(span, top, unit) {
    const box = document.createDocumentFragment();
    const svg = drawn('svg', { viewBox: `0 0 ${span} 100`, preserveAspectRatio: 'none', role: 'img' });
    for (const y of [0, 50, 100]) svg.append(drawn('line', { class: 'axis', x1: 0, x2: span, y1: y, y2: y }));
    const scale = element('div', 'scale');
    scale.append(element('span', '', span === 60 ? '1 min ago' : span / 60 + ' min ago'), element('span', '', 'top line: ' + unit(top)), element('span', '', 'now'));
    box.append(svg, scale);
    return { box, svg };
  }

  function niceTop(value, least) {
    const above = Math.max(value, least);
    const step = 10 ** Math.floor(Math.log10(above));
    return [1, 2, 5, 10].map(times => times * step).find(top => top >= above);
  }

  function rowsChart(samples) {
    const values = samples.map(sample => sample[0]);
    const top = niceTop(Math.max(0, ...values), 100);
    const span = spanOf(samples);
    const { box, svg } = frame(span, top, value => count(value) + '/s');
    const begin = span - values.length;
    const points = values.map((value, i) => `${begin + i + 1} ${(100 - 100 * value / top).toFixed(1)}`);
    if (points.length > 1) {
      svg.append(drawn('path', { class: 'area', d: `M${begin + 1} 100L${points.join('L')}L${span} 100Z` }));
      svg.append(drawn('path', { class: 'curve', d: 'M' + points.join('L') }));
    }
    svg.setAttribute('aria-label', `Rows a second of late: at most ${count(Math.max(0, ...values))}, now ${count(values[values.length - 1] || 0)}.`);
    return box;
  }

  function pausesChart(samples) {
    const values = samples.map(sample => sample[1]);
    const longest = Math.max(0, ...values.filter(value => value !== null));
    const top = niceTop(longest, 5);
    const span = spanOf(samples);
    const { box, svg } = frame(span, top, millis);
    const begin = span - values.length;
    const bars = values
      .map((value, i) => value === null ? '' : `M${begin + i + 0.5} 100V${(100 - Math.max(1.5, 100 * value / top)).toFixed(1)}`)
      .join('');
    if (bars) svg.append(drawn('path', { class: 'bars', d: bars }));
    svg.setAttribute('aria-label', `Longest write pause in each second of late: at most ${millis(longest)}.`);
    return box;
  }

  function figures(run) {
    const list = [
      ['Rows moved', count(run.rows)],
      [run.active ? 'Rows a second' : 'Average rows a second', count(run.active || run.seconds === 0 ? run.rowsPerSecond : run.rows / run.seconds)],
      ['Write pause, median', run.chunks ? millis(run.pauseMillis.p50) : '–'],
      ['99 of 100 below', run.chunks ? millis(run.pauseMillis.p99) : '–'],
      ['Longest', run.chunks ? millis(run.pauseMillis.max) : '–'],
      run.active
        ? ['Time left, about', run.secondsLeft === null ? 'not known yet' : duration(run.secondsLeft)]
        : ['Took', duration(run.seconds)],
    ];
    return list.flatMap(([name, value]) => {
      const pair = element('div');
      pair.append(element('dt', '', name), element('dd', '', value));
      return [pair];
    });
  }

  function watchText(watch) {
    if (watch.decision === 'stopped') return `stopped ${duration(watch.decidedSecondsAgo)} ago`;
    if (watch.silent) return `silent for ${duration(watch.heardSecondsAgo)}, before that ${watch.decision}`;
    const look = watch.decision === 'rebalances' ? '' : `, last look ${duration(watch.lookedSecondsAgo)} ago`;
    return `${watch.decision} for ${duration(watch.decidedSecondsAgo)}${look}`;
  }

  function showWatches(watches) {
    byId('watches').hidden = watches.length === 0;
    byId('watches').replaceChildren(...watches.map(watch => {
      const unwell = watch.decision === 'stopped' || watch.silent;
      const item = element('li', unwell ? 'unwell' : '');
      const title = element('p');
      title.append(unwell ? 'The watch of ' : 'Watched by ', element('span', 'name', watch.instance), `: ${watchText(watch)}.`);
      item.append(title);
      if (watch.decision !== 'stopped') item.append(element('p', 'faint', watch.reason)); // which a notice says
      return item;
    }));
  }

  function showMovement(status) {
    const run = status.run;
    byId('run').hidden = run === null;
    setText(byId('quiet'), run === null
      ? 'Nothing has moved since this server began to watch. During a rebalance, in whatever process, its speed and its write pauses show here.'
      : run.active
        ? `Under way since ${clock(run.began)}.`
        : `Nothing moves now. The last movement began at ${clock(run.began)}.`);
    byId('quiet').style.marginBottom = run === null ? '' : '12px';
    if (run === null) return;
    const done = run.doneShare;
    byId('bar').hidden = done === null || !run.active;
    if (done !== null) {
      byId('bar-fill').style.width = (100 * done) + '%';
      byId('bar').setAttribute('aria-valuenow', Math.round(100 * done));
      byId('bar').setAttribute('aria-valuetext', percent(done) + ' done');
    }
    byId('figures').replaceChildren(...figures(run));
    byId('chart-rows').replaceChildren(rowsChart(status.samples));
    byId('chart-pauses').replaceChildren(pausesChart(status.samples));
  }

  // --- all of it --------------------------------------------------------------------------------------------------

  let lastAt = null;
  let lastNews = 0;

  function show(status) {
    const colourOf = name => {
      const i = status.shards.findIndex(shard => shard.name === name);
      return i < 0 ? '#999999' : PALETTE[i % PALETTE.length];
    };
    if (status.at !== lastAt) lastNews = performance.now(); // by this clock: the server's may be another
    lastAt = status.at;
    document.title = status.cluster + ' · Ringshard';
    setText(byId('cluster'), 'Cluster ' + status.cluster);
    showNotices(status.notices);
    byId('ring').replaceChildren(ring(status, colourOf));
    showTables(status.rows);
    showShards(status, colourOf);
    showPins(status.pins);
    showHeaviest(status.heaviest, status.sampled);
    showWatches(status.watches);
    showMovement(status);
  }

  function tellLive(status) {
    byId('live').className = 'live on';
    setText(byId('clock'), 'live, ' + clock(status.at));
    document.body.classList.remove('away');
    byId('away').hidden = true;
  }

  function tellAway() {
    const since = lastAt === null ? 'The server does not answer.' : `The server has no news. What you see is from ${clock(lastAt)}.`;
    byId('live').className = 'live off';
    setText(byId('clock'), 'no answer');
    document.body.classList.add('away');
    if (byId('away').hidden) {
      byId('away').hidden = false;
      byId('away').replaceChildren(
        element('p', 'text', since),
        element('p', 'detail', 'The shards are not affected by that. This page goes on asking; start serve again if it has ended.'));
    }
  }

  async function poll() {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch('/status.json', { signal: stop.signal, cache: 'no-store' });
      if (!answer.ok) throw new Error('status ' + answer.status);
      const status = await answer.json();
      show(status);
      if (performance.now() - lastNews > STALE) throw new Error('stale');
      tellLive(status);
    } catch (failure) {
      tellAway();
    } finally {
      clearTimeout(timer);
      setTimeout(poll, EVERY);
    }
  }

  poll();
})();
