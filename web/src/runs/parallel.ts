/** The axes of the parallel-coordinates plot of trials. */
import { num, words } from '../lib/format';
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

/** The axes for some trials. `kinds` contains all known hyperparameters, including the kinds of the layers. */
export function axesOf(trials: Trial[], metric: string, kinds: Record<string, unknown> = {}): Axis[] {
  const names = [...new Set(trials.flatMap((trial) => Object.keys(trial.hyperparameters)))];
  const axes = names.map((name) => ({
    ...axis(name, trials.map((trial) => trial.hyperparameters[name])),
    short: shortName(name, kinds),
  }));
  const values = axis(metric, trials.map((trial) => trial.value));
  const none = trials.every((trial) => trial.value === null) ? 'no result' : values.bottom;
  return [...axes, { ...values, short: `val ${metric}`, bottom: none, isMetric: true }];
}

/** The kind of each layer and regularizer in an experiment, by path, such as "model[0].kind". */
export function kindsOf(experiment: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(experiment).flatMap(([family, members]) =>
      Array.isArray(members) ? members.map((one, place) => [`${family}[${place}].kind`, one?.kind]) : [],
    ),
  );
}

/** A readable name, such as "learning rate", or "dropout 2 rate" for the second dropout layer. */
export function shortName(path: string, kinds: Record<string, unknown>): string {
  const found = path.match(/^(.*)\[(\d+)\]\.(\w+)$/);
  if (!found) return words(path.split('.').at(-1)!);
  const [, family, place, name] = found;
  const kindAt = (at: number) => kinds[`${family}[${at}].kind`];
  const kind = kindAt(Number(place));
  if (!kind) return words(`${family} ${place} ${name}`);
  const same = Object.keys(kinds).filter((key) => key.startsWith(`${family}[`) && key.endsWith('].kind') && kinds[key] === kind);
  const earlier = same.filter((key) => Number(key.match(/\[(\d+)\]\.kind$/)![1]) < Number(place)).length;
  return words(`${kind}${same.length > 1 ? ` ${earlier + 1}` : ''} ${name}`);
}

/** Height of a trial on an axis; null if the trial does not have this hyperparameter. */
export function heightOn(one: Axis, trial: Trial, height: number): number | null {
  const share = one.share(one.isMetric ? trial.value : trial.hyperparameters[one.name]);
  if (share === null && !one.isMetric) return null;
  return height - (height - 24) * (share ?? 0) - 12;
}

function axis(name: string, values: unknown[]): Axis {
  const short = name;
  const known = values.filter((value) => value !== null && value !== undefined);
  if (known.every((value) => typeof value === 'number')) return numeric(name, short, known as number[]);
  const names = [...new Set(known.map(String))].sort();
  const share = (value: unknown) => {
    const place = names.indexOf(String(value));
    return place < 0 ? null : names.length < 2 ? 0.5 : place / (names.length - 1);
  };
  return { name, short, share, top: names.at(-1) ?? '', bottom: names.length > 1 ? names[0]! : '', isMetric: false };
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
