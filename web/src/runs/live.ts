/** The state of a run during training, collected from its live records. */
import { num } from '../lib/format';
import type { Finding, Trial } from './types';

export interface Monitor {
  iteration: number;
  epoch: number;
  layers: string[];
  [measure: string]: unknown;
}

export interface Fit {
  name: string;
  iteration: number;
  numIterations: number;
  perEpoch: number;
  points: Record<'iteration' | 'cost' | 'gradient_norm' | 'learning_rate', (number | null)[]>;
  epochs: Record<'epoch' | 'train_cost' | 'train_score' | 'val_cost' | 'val_score', (number | null)[]>;
  monitors: Monitor[];
  /** When the fit started and when its latest record was written, in seconds. */
  started: number;
  heard: number;
  firstIteration: number;
  paused: boolean;
  finished: boolean;
  divergedAt: number | null;
}

/** The state of a run as shown on its page. */
export interface Seen {
  stage: string;
  numTrials: number | null;
  tuneStarted: number | null;
  now: number;
  newest: string;
  trials: Trial[];
  findings: Finding[];
  names: string[];
  /** The fit that the user has selected, or the newest one. */
  fit: Fit | undefined;
}

export type Line = { kind: string; seconds?: number; [name: string]: unknown };

const MOST_POINTS = 4000; // maximum number of points per curve, so the page uses little memory even after many hours
const MOST_MONITORS = 400;
const MOST_FITS = 60;

export class LiveRun {
  fits = new Map<string, Fit>();
  trials: Trial[] = [];
  findings: Finding[] = [];
  stage = '';
  numTrials: number | null = null;
  tuneStarted: number | null = null;
  now = 0;
  /** The fit with the latest record. */
  newest = '';

  apply(lines: Line[]): void {
    for (const line of lines) this.#one(line);
  }

  fit(name: string): Fit | undefined {
    return this.fits.get(name);
  }

  /** Return the current state as new objects, so the page is updated. */
  seen(followed = ''): Seen {
    const { trials, findings, stage, numTrials, tuneStarted, now, newest } = this;
    const fit = this.fits.get(followed) ?? this.fits.get(newest);
    return {
      stage,
      numTrials,
      tuneStarted,
      now,
      newest,
      trials: [...trials],
      findings: [...findings],
      names: [...this.fits.keys()],
      fit: fit && { ...fit, points: { ...fit.points }, epochs: { ...fit.epochs }, monitors: [...fit.monitors] },
    };
  }

  #one(line: Line): void {
    this.now = Math.max(this.now, line.seconds ?? 0);
    const fit = typeof line['fit'] === 'string' ? this.#fit(line['fit']) : null;
    if (fit) fit.heard = line.seconds ?? fit.heard;
    switch (line.kind) {
      case 'process':
        for (const other of this.fits.values()) other.paused = false;
        this.now = line.seconds ?? 0;
        break;
      case 'stage_started':
        this.stage = String(line['stage']);
        break;
      case 'plan':
        this.numTrials = (line['num_trials'] as number | null) ?? null;
        this.tuneStarted = line.seconds ?? null;
        break;
      case 'finding':
        this.#finding(line['finding'] as Finding);
        break;
      case 'trial':
        this.#trial(line as unknown as Trial);
        break;
      case 'control':
        if (line['action'] === 'resume') for (const other of this.fits.values()) other.paused = false;
        break;
      default:
        if (fit) this.#ofFit(fit, line);
    }
  }

  #ofFit(fit: Fit, line: Line): void {
    const name = fit.name;
    if (line.kind === 'fit') {
      fit.numIterations = Number(line['num_iterations'] ?? 0);
      fit.perEpoch = Number(line['iterations_per_epoch'] ?? 1);
      fit.firstIteration = Number(line['iteration'] ?? 0);
      fit.started = line.seconds ?? 0;
      cut(fit.points, 'iteration', fit.firstIteration);
      cut(fit.epochs, 'epoch', fit.firstIteration / fit.perEpoch);
    } else if (line.kind === 'iterations') {
      extend(fit.points, line, 'iteration');
      fit.iteration = fit.points.iteration.at(-1) ?? 0;
      this.newest = name;
    } else if (line.kind === 'epochs') {
      extend(fit.epochs, line, 'epoch');
      this.newest = name;
    } else if (line.kind === 'monitors') {
      fit.monitors.push(line as unknown as Monitor);
      if (fit.monitors.length > MOST_MONITORS) fit.monitors = fit.monitors.filter((_, place) => place % 2 === 0);
    } else if (line.kind === 'paused') {
      fit.paused = true;
    } else if (line.kind === 'fit_finished') {
      fit.finished = true;
      fit.iteration = Number(line['iteration'] ?? fit.iteration);
      fit.divergedAt = (line['diverged_at'] as number | null) ?? null;
    }
  }

  #fit(name: string): Fit {
    const known = this.fits.get(name);
    if (known) return known;
    const made: Fit = {
      name,
      iteration: 0,
      numIterations: 0,
      perEpoch: 1,
      points: { iteration: [], cost: [], gradient_norm: [], learning_rate: [] },
      epochs: { epoch: [], train_cost: [], train_score: [], val_cost: [], val_score: [] },
      monitors: [],
      started: 0,
      heard: 0,
      firstIteration: 0,
      paused: false,
      finished: false,
      divergedAt: null,
    };
    this.fits.set(name, made);
    this.newest ||= name;
    if (this.fits.size > MOST_FITS) this.#forgetOne();
    return made;
  }

  /** Remove the curves of the oldest fit that has ended; its trial stays in the list. */
  #forgetOne(): void {
    for (const [name, fit] of this.fits) {
      if (!fit.finished || name === this.newest) continue;
      this.fits.delete(name);
      return;
    }
  }

  #finding(found: Finding): void {
    const same = (one: Finding) => one.code === found.code && one.message === found.message;
    if (!this.findings.some(same)) this.findings.push(found);
  }

  #trial(trial: Trial): void {
    const place = this.trials.findIndex((one) => one.trial === trial.trial);
    if (place < 0) this.trials.push(trial);
    else this.trials[place] = trial;
  }
}

type Series = Record<string, (number | null)[]>;

function extend(series: Series, line: Line, place: string): void {
  const more = line[place] as number[];
  for (const name of Object.keys(series)) {
    const values = (line[name] as (number | null)[] | undefined) ?? more.map(() => null);
    for (const value of values) series[name]!.push(value);
  }
  const size = series[place]!.length;
  if (size > MOST_POINTS) thin(series, Object.keys(series)[1]!);
}

function cut(series: Series, place: string, most: number): void {
  const kept = series[place]!.filter((at) => (at ?? 0) <= most).length;
  for (const values of Object.values(series)) values.length = kept;
}

/** Keep the lowest and the highest of every four points, and the last point. */
export function thin(series: Series, by: string): void {
  const values = series[by]!;
  const chosen: number[] = [];
  for (let start = 0; start < values.length; start += 4) {
    let low = start;
    let high = start;
    for (let at = start; at < Math.min(start + 4, values.length); at += 1) {
      if ((values[at] ?? Infinity) < (values[low] ?? Infinity)) low = at;
      if ((values[at] ?? -Infinity) > (values[high] ?? -Infinity)) high = at;
    }
    chosen.push(...new Set([Math.min(low, high), Math.max(low, high)]));
  }
  const last = values.length - 1;
  if (chosen.at(-1) !== last) chosen.push(last);
  for (const name of Object.keys(series)) series[name] = chosen.map((at) => series[name]![at] ?? null);
}

/** Return the estimated number of seconds until a fit is complete; null if unknown. */
export function timeLeft(fit: Fit): number | null {
  const done = fit.iteration - fit.firstIteration;
  const left = fit.numIterations - fit.iteration;
  if (fit.finished || done <= 0 || left < 0 || fit.heard <= fit.started) return null;
  return (left * (fit.heard - fit.started)) / done;
}

/** Return the estimated number of seconds until the search is complete; null if unknown. */
export function searchLeft(run: Pick<LiveRun, 'trials' | 'numTrials' | 'tuneStarted' | 'now'>): number | null {
  const done = run.trials.length;
  if (!run.numTrials || !done || run.tuneStarted === null) return null;
  return ((run.now - run.tuneStarted) / done) * Math.max(run.numTrials - done, 0);
}

/** The best value so far after each trial. If `lowest` is true, lower values are better. */
export function bestSoFar(trials: Trial[], lowest: boolean): (number | null)[] {
  let best: number | null = null;
  return trials.map(({ value }) => {
    if (value !== null && (best === null || (lowest ? value < best : value > best))) best = value;
    return best;
  });
}

/** An explanation of why a fit diverged, based on the last monitors before the divergence. */
export function divergence(fit: Fit): string | null {
  if (fit.divergedAt === null) return null;
  const last = fit.monitors.findLast((monitor) => monitor.iteration <= fit.divergedAt!);
  const ratios = (last?.['update_ratio'] as (number | null)[] | undefined) ?? [];
  const largest = ratios.reduce<number>((top, ratio, place) => ((ratio ?? 0) > (ratios[top] ?? 0) ? place : top), 0);
  const rate = fit.points.learning_rate.findLast((value) => value !== null);
  const ratio = ratios[largest] ?? 0;
  const size = ratio < 1 ? `${num(100 * ratio, 2)}% of` : `${num(ratio, 2)} times`;
  const where = ratio
    ? ` Before that, the layer ${last!.layers[largest]} had the largest updates: ${size} the norm of its weights in one iteration.`
    : '';
  const step = rate ? ` The learning rate was ${num(rate, 3)}.` : '';
  return (
    `At iteration ${fit.divergedAt}, the cost became NaN or infinite.${where}${step} ` +
    'The learning rate is probably too large. Train again with a lower one, or with clip_norm = 1.'
  );
}

/** A learning rate to try after a divergence: the rate suggested by a finding, or a tenth of the current rate. */
export function lowerRate(findings: Finding[], fit: Fit | undefined): number | null {
  const advised = findings.map((one) => Number(one.remedy.match(/learning_rate ?= ?([\d.e-]+\d)/)?.[1] ?? Number.NaN));
  const used = fit?.points.learning_rate.findLast((value) => value !== null && value > 0);
  return advised.find((rate) => rate > 0) ?? (used ? Number((used / 10).toPrecision(2)) : null);
}
