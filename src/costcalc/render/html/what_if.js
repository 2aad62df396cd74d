// Looks up the curves that costcalc computed and evaluates fixed + slope * volume; there is no other arithmetic of
// costs here. Before anything can be moved, every figure that the page could show is compared with Python's.
"use strict";
(() => {
  const NEAR = 1e-12; // two volumes, or two costs, that differ by less are the same
  const HALF = 4e-15; // what may be missing of half a cent: doubles are that near to Python's fractions
  const BASE = 1;
  const byId = (id) => document.getElementById(id);

  // An amount as costcalc.units.usd writes it: half a cent goes up, below 1 there are three digits.
  function written(amount, slack, decimals, kept) {
    const number = BigInt(Math.floor(amount * 10 ** decimals + slack * 10 ** decimals + 0.5));
    const digits = number.toString().padStart(decimals + 1, "0");
    const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
    const part = digits.slice(digits.length - decimals).replace(/0+$/, "").padEnd(kept, "0");
    return part ? `${whole}.${part}` : whole;
  }
  const exponent = (number) => Number(number.toExponential().split("e")[1]);
  function cell(amount, slack = amount * HALF) {
    const size = amount > 0 ? exponent(amount + slack) : 0;
    return written(amount, slack, size < 0 ? 2 - size : 2, 2);
  }
  function times(ratio) {
    const slack = ratio * HALF;
    return `${written(ratio, slack, Math.max(0, 2 - exponent(ratio + slack)), 0)}×`;
  }

  // Pieces hold on (lo, hi]; above start + period a curve is what it was whole periods earlier, plus their rise.
  function partAt([share, start, period, rise, end, pieces], volume) {
    let at = volume * share;
    const slack = at * NEAR;
    if (end !== null && at > end + slack) return null;
    let back = 0;
    if (period !== null && at > start + period + slack) {
      back = Math.ceil(((at - start) / period) * (1 - NEAR)) - 1;
      at -= back * period;
    }
    for (let i = 0; i < pieces.length; i += 3) {
      if (pieces[i] === null || at <= pieces[i] + slack) return pieces[i + 1] + pieces[i + 2] * at + back * rise;
    }
    throw new Error("no piece");
  }
  function totalAt([fixed, slope, parts], volume) {
    const costs = parts.map((part) => partAt(part, volume));
    if (costs.includes(null)) return null;
    return costs.reduce((sum, cost) => sum + cost, fixed + slope * volume);
  }

  function shown(data, setting, at) {
    const volume = data.volumes[at];
    const costs = data.settings[setting].map((total) => (total === null ? null : totalAt(data.totals[total], volume)));
    const ranked = costs.map((cost, place) => [cost, place]).filter(([cost]) => cost !== null);
    ranked.sort(([a, i], [b, j]) => (Math.abs(a - b) <= a * NEAR ? i - j : a - b));
    const [least, best] = ranked[0] || [null, null];
    const rows = costs.map((cost, place) => {
      if (cost === null) return [data.options[place], "cannot serve", "–", "–"];
      const ratio = least > 0 ? times(cost / least) : "–";
      return [data.options[place], cell(cost), cell((cost / volume) * data.per), ratio];
    });
    return { sentence: sentence(data, setting, at, ranked), rows, best, costs };
  }
  function levelsOf(data, setting) {
    const count = data.levels.length;
    return data.levels.map((_, number) => Math.floor(setting / 3 ** (count - 1 - number)) % 3);
  }
  function sentence(data, setting, at, ranked) {
    const moved = levelsOf(data, setting).map((level, i) => (level === BASE ? "" : data.levels[i][level]));
    const setTo = moved.filter(Boolean).join(" and ");
    const begins = `At ${data.volumeTexts[at]} a month${setTo ? `, with ${setTo}` : ""}: `;
    if (!ranked.length) return `${begins}no option can serve so much.`;
    const [[least, first], second] = ranked;
    const name = data.options[first];
    const month = `${data.currency}${cell(least)} a month`;
    if (!second) return `${begins}${name} costs ${month}; no other can serve so much.`;
    const [more, next] = second;
    if (more - least <= least * NEAR) return `${begins}${name} and ${data.options[next]} are the cheapest at ${month}.`;
    const lead = `${data.currency}${cell(more - least, more * HALF)}`;
    return `${begins}${name} is the cheapest at ${month}, ${lead} less than ${data.options[next]}.`;
  }

  // CRC-32 of all that the page may say at a setting, which Python has written beside it.
  function crc(text) {
    let sum = ~0;
    for (const byte of new TextEncoder().encode(text)) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum >>> 0;
  }
  function isEqual(data, setting) {
    const lines = data.volumes.map((_, at) => {
      const said = shown(data, setting, at);
      return [said.sentence, ...said.rows.map((row) => row.join("\t"))].join("\t");
    });
    return crc(lines.join("\n")) === data.checks[setting];
  }

  function mark(data, chart, volume, costs) {
    const { xLo, xHi, yLo, yHi, left, right, top, bottom } = chart.dataset;
    const place = (value, lo, hi, from, to) => +from + (Math.log(value / lo) / Math.log(hi / lo)) * (to - from);
    const per = +chart.parentElement.dataset.per;
    const x = place(volume, xLo, xHi, left, right);
    const add = (group, name, attributes) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      return group.appendChild(made);
    };
    chart.querySelector(".setting")?.remove();
    const group = add(chart, "g", { class: "setting", "aria-hidden": "true" });
    if (x < left - 0.5 || x > +right + 0.5) return;
    add(group, "line", { x1: x, x2: x, y1: top, y2: bottom });
    costs.forEach((cost, option) => {
      if (cost === null) return;
      const y = place(per ? (cost / volume) * per : cost, yLo, yHi, bottom, top);
      const colour = `f${data.colours[option]}`;
      if (y >= top - 0.5 && y <= +bottom + 0.5) add(group, "circle", { cx: x, cy: y, r: 5, class: colour });
    });
  }

  function update(data) {
    const volume = byId("what-if-volume");
    const levels = data.levels.map((_, i) => +document.querySelector(`input[name="driver-${i}"]:checked`).value);
    const setting = levels.reduce((sum, level) => 3 * sum + level, 0);
    const said = shown(data, setting, +volume.value);
    volume.setAttribute("aria-valuetext", data.volumeTexts[volume.value]);
    byId("what-if-volume-text").textContent = data.volumeTexts[volume.value];
    byId("what-if-answer").textContent = said.sentence;
    document.querySelectorAll("#what-if-table tbody tr").forEach((row, place) => {
      row.classList.toggle("best", place === said.best);
      said.rows[place].forEach((text, column) => { row.cells[column].textContent = text; });
    });
    const charts = document.querySelectorAll("figure.breakeven svg[data-x-lo]");
    charts.forEach((chart) => mark(data, chart, data.volumes[volume.value], said.costs));
  }

  try {
    const data = JSON.parse(byId("what-if-data").textContent);
    if (!data.checks.every((_, setting) => isEqual(data, setting))) throw new Error("figures differ from Python's");
    update(data);
    const controls = byId("what-if-controls");
    controls.addEventListener("input", () => update(data));
    controls.addEventListener("submit", (event) => event.preventDefault());
    controls.hidden = false;
  } catch {
    // Python's answer at the base stays, without controls
  }
})();
