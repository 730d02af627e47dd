/** Axes of the parallel coordinates of trials. */
import { num } from '../lib/format';
import type { Trial } from './types';

export interface Axis {
  name: string;
  short: string;
  /** Position of a value, from 0 (bottom) to 1 (top). */
  share: (value: unknown) => number | null;
  top: string;
  bottom: string;
  isMetric: boolean;
}

export function axesOf(trials: Trial[], metric: string): Axis[] {
  const names = [...new Set(trials.flatMap((trial) => Object.keys(trial.hyperparameters)))];
  const axes = names.map((name) => axis(name, trials.map((trial) => trial.hyperparameters[name])));
  return [...axes, { ...axis(metric, trials.map((trial) => trial.value)), isMetric: true }];
}

/** Height of a trial on an axis; null if it does not have that hyperparameter. */
export function heightOn(one: Axis, trial: Trial, height: number): number | null {
  const share = one.share(one.isMetric ? trial.value : trial.hyperparameters[one.name]);
  if (share === null && !one.isMetric) return null;
  return height - (height - 24) * (share ?? 0) - 12;
}

function axis(name: string, values: unknown[]): Axis {
  const short = name.replace(/\[(\d+)\]\.(\w+)$/, ' $1 $2').split('.').at(-1)!.replaceAll('_', ' ');
  const known = values.filter((value) => value !== null && value !== undefined);
  if (known.every((value) => typeof value === 'number')) return numeric(name, short, known as number[]);
  const words = [...new Set(known.map(String))].sort();
  const share = (value: unknown) => {
    const place = words.indexOf(String(value));
    return place < 0 ? null : words.length < 2 ? 0.5 : place / (words.length - 1);
  };
  return { name, short, share, top: words.at(-1) ?? '', bottom: words.length > 1 ? words[0]! : '', isMetric: false };
}

function numeric(name: string, short: string, values: number[]): Axis {
  const low = Math.min(...values);
  const high = Math.max(...values);
  // values that span more than a decade were almost always searched on a logarithmic scale
  const log = low > 0 && high / low > 10;
  const scale = (value: number) => (log ? Math.log(value) : value);
  const share = (value: unknown) => {
    if (typeof value !== 'number') return null;
    return high === low ? 0.5 : (scale(value) - scale(low)) / (scale(high) - scale(low));
  };
  if (!values.length) return { name, short, share, top: '', bottom: '', isMetric: false };
  return { name, short, share, top: num(high, 3), bottom: high === low ? '' : num(low, 3), isMetric: false };
}
