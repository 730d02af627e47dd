/** Functions that plot the predictions of a regression model. */
import type { Ends } from '../lib/plot/scale';

export interface Points {
  row: number[];
  target: number[];
  prediction: number[];
  num_rows: number;
  errors: { counts: number[]; edges: number[]; median: number; middle: [number, number] };
}

/** The limits of an axis that contains all values, with a margin. */
export function endsOf(...lists: number[][]): Ends {
  let [low, high] = [Infinity, -Infinity];
  for (const value of lists.flat()) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = 0.04 * (high - low) || 0.02 * Math.abs(high) || 1;
  return [low - margin, high + margin];
}

/** Many points as a single path, in which each point is a line of length 0. */
export function dots(x: number[], y: number[], toX: (value: number) => number, toY: (value: number) => number): string {
  return x.map((value, place) => `M${toX(value).toFixed(1)} ${toY(y[place]!).toFixed(1)}h0`).join('');
}

/** The index of the point that is nearest to a position; all coordinates are in pixels. */
export function nearestPoint(x: number[], y: number[], toX: (value: number) => number, toY: (value: number) => number, to: Ends): number {
  let best = 0;
  let least = Infinity;
  x.forEach((value, place) => {
    const distance = Math.hypot(toX(value) - to[0], toY(y[place]!) - to[1]);
    if (distance < least) [best, least] = [place, distance];
  });
  return best;
}
