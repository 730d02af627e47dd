/** uPlot options for a line chart, separate from the component that owns the canvas. */
import uPlot from 'uplot';
import { num } from './format';
import { apart, wrapped } from './plot/labels';
import { decades, padded } from './plot/range';
import { color, type Color } from './theme.svelte';

export interface Series {
  name: string;
  values: ArrayLike<number | null>;
  color?: Color;
  /** Dash pattern; by default, the pattern that belongs to the color. */
  dash?: number[];
  /** Bounds of a band around the line, such as the range over several seeds. */
  low?: ArrayLike<number | null>;
  high?: ArrayLike<number | null>;
  width?: number;
  /** Draw points instead of a line. */
  points?: boolean;
}

/** A vertical line with a label. */
export interface Mark {
  x: number;
  label: string;
}

export interface ChartOptions {
  series: Series[];
  xLabel: string;
  logX: boolean;
  logY: boolean;
  range?: [number, number];
  xRange?: [number, number];
  /** Whether all x are integers; if so, ticks are placed only at integers. */
  whole: boolean;
  marks: Mark[];
  width: number;
  height: number;
}

const DASHES: Partial<Record<Color, number[]>> = {
  val: [7, 3],
  test: [2, 3],
  negative: [7, 3],
  other: [9, 3, 2, 3],
};
const ORDER: Color[] = ['train', 'val', 'test', 'other', 'negative'];
const POINT = 4; // diameter in pixels
const ROOM = 76; // space in pixels to the right of the plot, for the names of the lines
const LINE = 14; // height of a line of text in pixels
const WHOLE = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((factor) => factor * 10 ** power)).flat();
const FEW = 8; // lines with fewer points also show each point

/** The number of pixels per unit of length: 1, or more on large screens with larger text. */
export function unit(): number {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
}

/** The color of a series: its own, or the next one. */
export function seriesColor(series: Series, place: number): Color {
  return series.color ?? ORDER[place % ORDER.length]!;
}

export function dashOf(series: Series, place: number): number[] {
  return series.dash ?? DASHES[seriesColor(series, place)] ?? [];
}

/** The columns for uPlot: x, then each line followed by the bounds of its band. */
export function columns(x: ArrayLike<number>, series: Series[], logY: boolean): uPlot.AlignedData {
  const clean = (values: ArrayLike<number | null>) =>
    Array.from(values, (value) =>
      value === null || !Number.isFinite(value) || (logY && value <= 0) ? null : value,
    );
  const drawn = series.flatMap((one) =>
    one.low && one.high ? [clean(one.values), clean(one.low), clean(one.high)] : [clean(one.values)],
  );
  return [Array.from(x), ...drawn] as uPlot.AlignedData;
}

export function plotOptions(options: ChartOptions, labels: uPlot.Plugin): uPlot.Options {
  const lines: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  options.series.forEach((series, place) => {
    const stroke = color(seriesColor(series, place));
    const line: uPlot.Series = {
      label: series.name,
      stroke,
      width: series.width ?? 1.5,
      dash: dashOf(series, place),
      spanGaps: false,
      // a line through only one point would be invisible
      points: { show: series.points || ((_plot, _series, from, to) => to - from < FEW), size: POINT },
    };
    if (series.points) line.paths = () => null;
    lines.push(line);
    if (!series.low || !series.high) return;
    const end: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
    lines.push(end, end);
    bands.push({ series: [lines.length - 1, lines.length - 2], fill: faint(stroke) });
  });
  return {
    width: options.width,
    height: options.height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: false, distr: options.logX ? 3 : 1, ...(options.xRange ? { range: options.xRange } : {}) },
      y: {
        distr: options.logY ? 3 : 1,
        range: options.range ?? ((_plot, low, high) => padded(low, high, options.logY)),
      },
    },
    axes: [axis(options.logX, options.xLabel, options.whole), axis(options.logY)],
    series: lines,
    bands,
    plugins: [labels],
    padding: [8, ROOM * unit(), 0, 0],
  };
}

function axis(log: boolean, label?: string, whole = false): uPlot.Axis {
  const one = unit();
  const font = `${12 * one}px system-ui, sans-serif`;
  return {
    stroke: color('soft'),
    grid: { stroke: color('rule'), width: 1, show: !label },
    ticks: { stroke: color('rule'), width: 1, size: 4 },
    font,
    size: (label ? 32 : 56) * one,
    values: (_plot, splits) => splits.map((value) => tick(value)),
    ...(whole && !log ? { incrs: WHOLE } : {}),
    ...(log
      ? {
          splits: (_plot: uPlot, _axis: number, low: number, high: number) => decades(low, high),
          filter: (_plot: uPlot, splits: number[]) => splits,
        }
      : {}),
    ...(label ? { label, labelSize: 18 * one, labelFont: font } : {}),
  };
}

/** The label of a tick. Numbers with many digits would not fit, so they are written with an exponent. */
function tick(value: number): string {
  const text = num(value, 3);
  return text.length > 6 ? value.toExponential().replace('e+', 'e').replaceAll('-', '−') : text;
}

function faint(stroke: string): string {
  return /^#[0-9a-f]{6}$/i.test(stroke) ? `${stroke}2e` : 'transparent';
}

/** Draws the marks, and the name of each line at the end of the line. */
export function directLabels(series: () => Series[], marks: () => Mark[]): uPlot.Plugin {
  return {
    hooks: {
      draw: (plot) => {
        const { ctx, bbox } = plot;
        const ratio = devicePixelRatio * unit();
        ctx.save();
        ctx.font = `${12 * ratio}px system-ui, sans-serif`;
        ctx.textAlign = 'left';
        ctx.textBaseline = 'middle';
        drawNames(plot, series(), ratio);
        ctx.fillStyle = color('soft');
        ctx.strokeStyle = color('soft');
        ctx.lineWidth = ratio;
        let taken = Number.NEGATIVE_INFINITY; // where the last label in the top row ends
        for (const mark of marks().toSorted((a, b) => a.x - b.x)) {
          const x = Math.round(plot.valToPos(mark.x, 'x', true));
          if (x < bbox.left || x > bbox.left + bbox.width) continue;
          ctx.setLineDash([3 * ratio, 3 * ratio]);
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          const wide = ctx.measureText(mark.label).width;
          const right = x + wide + 6 * ratio > bbox.left + bbox.width;
          const left = right ? x - wide - 4 * ratio : x + 4 * ratio;
          const line = left < taken ? 1 : 0;
          if (!line) taken = left + wide + 4 * ratio;
          ctx.fillText(mark.label, left, bbox.top + (8 + LINE * line) * ratio);
        }
        ctx.restore();
      },
    },
  };
}

function drawNames(plot: uPlot, series: Series[], ratio: number): void {
  const ends: { y: number; name: string; fill: string }[] = [];
  let column = 1;
  series.forEach((one, place) => {
    const values = plot.data[column] as (number | null)[] | undefined;
    column += one.low && one.high ? 3 : 1;
    const last = values?.findLast((value) => value !== null);
    if (last === undefined || last === null) return;
    const { top, height } = plot.bbox;
    const y = Math.min(Math.max(plot.valToPos(last, 'y', true), top), top + height);
    ends.push({ y, name: one.name, fill: color(seriesColor(one, place)) });
  });
  const room = (ROOM - 8) * ratio;
  const lines = ends.map((end) => ({ ...end, words: wrapped(end.name, (text) => plot.ctx.measureText(text).width <= room) }));
  const gap = LINE * ratio;
  const tops = apart(
    lines.map((end) => ({ at: end.y, size: end.words.length * gap })),
    [plot.bbox.top - gap / 2, plot.bbox.top + plot.bbox.height + gap / 2],
  );
  const x = plot.bbox.left + plot.bbox.width + 6 * ratio;
  lines.forEach((end, place) => {
    plot.ctx.fillStyle = end.fill;
    end.words.forEach((text, line) => plot.ctx.fillText(text, x, tops[place]! + (line + 0.5) * gap, room));
  });
}
