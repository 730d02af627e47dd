/** Scales, ticks and lines of a plot that is drawn as SVG. */

export type Ends = readonly [number, number];

export interface Scale {
  /** Convert a value to pixels. */
  (value: number): number;
  /** Convert pixels to a value. */
  invert: (pixels: number) => number;
  ends: Ends;
}

/** A scale from values to pixels; logarithmic if `log` is true. */
export function scale(ends: Ends, pixels: Ends, log = false): Scale {
  const to = log ? Math.log10 : (value: number) => value;
  const from = log ? (value: number) => 10 ** value : (value: number) => value;
  const [low, high] = [to(ends[0]), to(ends[1])];
  const share = (pixels[1] - pixels[0]) / (high - low || 1);
  const made = (value: number) => pixels[0] + (to(value) - low) * share;
  return Object.assign(made, {
    invert: (place: number) => from(low + (place - pixels[0]) / share),
    ends,
  });
}

/** About `count` round numbers between the limits. */
export function ticks(ends: Ends, count: number, log = false): number[] {
  if (log) {
    const first = Math.ceil(Math.log10(ends[0]) - 1e-9);
    const last = Math.floor(Math.log10(ends[1]) + 1e-9);
    if (last - first < 2) return within(first - 1, last, ends);
    const every = Math.max(Math.ceil((last - first + 1) / count), 1);
    return Array.from({ length: last - first + 1 }, (_, place) => first + place)
      .filter((power) => (power - first) % every === 0)
      .map((power) => Number(`1e${power}`));
  }
  const raw = (ends[1] - ends[0]) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) ?? 10);
  const first = Math.ceil(ends[0] / step - 1e-9);
  const last = Math.floor(ends[1] / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, place) => round((first + place) * step, step));
}

/** 1, 2 and 5 times powers of ten, for limits that are close together. */
function within(first: number, last: number, ends: Ends): number[] {
  const powers = Array.from({ length: last - first + 1 }, (_, place) => first + place);
  const all = powers.flatMap((power) => [1, 2, 5].map((factor) => Number(`${factor}e${power}`)));
  return all.filter((value) => value >= ends[0] && value <= ends[1]);
}

function round(value: number, step: number): number {
  return Number(value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(step)))));
}

/** The path of a line, with gaps at missing values. */
export function linePath(
  x: ArrayLike<number>,
  y: ArrayLike<number | null>,
  toX: (value: number) => number,
  toY: (value: number) => number,
): string {
  let path = '';
  let drawing = false;
  for (let place = 0; place < x.length; place += 1) {
    const value = y[place];
    const [left, top] = [toX(x[place]!), value === null || value === undefined ? Number.NaN : toY(value)];
    if (!Number.isFinite(left) || !Number.isFinite(top)) {
      drawing = false;
      continue;
    }
    path += `${drawing ? 'L' : 'M'}${left.toFixed(1)} ${top.toFixed(1)}`;
    drawing = true;
  }
  return path;
}

/** The index of the value nearest to a given one. The values must be sorted. */
export function nearest(values: ArrayLike<number>, value: number): number {
  let [low, high] = [0, values.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle]! < value) low = middle;
    else high = middle;
  }
  return value - values[low]! <= values[high]! - value ? low : high;
}
