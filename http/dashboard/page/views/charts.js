import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import uPlot from "../vendor/uplot.js";
import { useLive } from "../live.js";
import { Empty, Problem } from "../parts.js";
import { quantity } from "../text.js";

const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const hourAndMinute = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" });

function optionsOf(width, unit) {
  const axis = {
    stroke: colour("--text-soft"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
    font: "12px system-ui, sans-serif",
  };
  return {
    width,
    height: 140,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    axes: [{ ...axis, space: 60, values: (_, ticks) => ticks.map(hourAndMinute) }, { ...axis, size: 70, values: (_, ticks) => ticks.map((x) => quantity(x, unit)) }],
    series: [{}, { stroke: colour("--accent"), width: 1.5, fill: colour("--accent-soft"), spanGaps: false }],
  };
}

function useDark() {
  const query = matchMedia("(prefers-color-scheme: dark)");
  const [dark, set] = useState(query.matches);
  useEffect(() => {
    const change = (e) => set(e.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, []);
  return dark;
}

function Plot({ times, values, unit }) {
  const place = useRef(null);
  const plot = useRef(null);
  const dark = useDark();
  useEffect(() => {
    plot.current = new uPlot(optionsOf(place.current.clientWidth, unit), [[], []], place.current);
    const watch = new ResizeObserver(() =>
      plot.current.setSize({ width: place.current.clientWidth, height: 140 }));
    watch.observe(place.current);
    return () => {
      watch.disconnect();
      plot.current.destroy();
    };
  }, [dark, unit]);
  useEffect(() => plot.current.setData([times, values]), [times, values, dark, unit]);
  return html`<div class="plot" aria-hidden="true" ref=${place}></div>`;
}

const known = (values) => values.filter((x) => x !== null);

function Chart({ times, of }) {
  const values = known(of.values);
  const last = quantity(of.values.at(-1), of.unit);
  const most = quantity(values.length ? Math.max(...values) : null, of.unit);
  return html`<figure>
    <figcaption><strong>${of.title}</strong>
      <span>now ${last}, at most ${most}</span></figcaption>
    <${Plot} times=${times} values=${of.values} unit=${of.unit} />
  </figure>`;
}

export function Charts() {
  const { timeline, errors } = useLive("timeline");
  if (!timeline) return html`<${Problem} text=${errors.timeline} />`;
  return html`<section aria-labelledby="o-charts"><h2 id="o-charts">The last hour</h2>
    <${Problem} text=${errors.timeline} />
    ${timeline.times.length < 2
      ? html`<${Empty}>A measurement is kept every ${timeline.interval_s} seconds; the first ones are still to come.<//>`
      : html`<div class="charts">${timeline.series.map(
          (x) => html`<${Chart} key=${x.name} times=${timeline.times} of=${x} />`)}</div>`}
  </section>`;
}
