/** Functions that draw and format the values of an example. */
import { num } from '../lib/format';

/** A channel of a sequence: the points of a line in a box of 100 × 40, and the range of the values. */
export interface Channel {
  points: string;
  low: number;
  high: number;
}

/** Scale each channel separately, because channels may have different units. */
export function channels(values: unknown): Channel[] {
  const steps = (values as (number | number[])[]).map((step) => [step].flat());
  const x = (place: number) => (100 * place) / Math.max(steps.length - 1, 1);
  return (steps[0] ?? []).map((_, channel) => {
    const line = steps.map((step) => step[channel]!);
    const [low, high] = [Math.min(...line), Math.max(...line)];
    const y = (value: number) => (high > low ? 38 - (36 * (value - low)) / (high - low) : 20);
    return { points: line.map((value, place) => `${x(place)},${y(value)}`).join(' '), low, high };
  });
}

/** The text of a cell; a time at midnight is shown as a date. */
export function written(value: unknown): string {
  if (value === null || value === undefined) return 'missing';
  if (typeof value === 'number') return num(value);
  return String(value).replace(/^(\d{4}-\d{2}-\d{2})T00:00:00(\.0+)?$/, '$1');
}
