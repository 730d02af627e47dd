/** The server's responses to this unit's requests. */
import { num, percent } from '../../lib/format';

export interface LayerUpdate {
  layer: string;
  norm: number;
  update: number;
  ratio: number | null;
  gradient_norm: number | null;
}

export interface Failure {
  iteration: number;
  cost: number | null;
  first_cost: number;
  cost_before: number | null;
  largest: LayerUpdate;
  first_layer_not_finite: string | null;
  layers: LayerUpdate[];
}

export interface FitAnswer {
  rate: number;
  cost: (number | null)[];
  gradient_norm: (number | null)[];
  learning_rate: number[];
  train_cost: (number | null)[];
  val_cost: (number | null)[];
  val_score: (number | null)[];
  failure: Failure | null;
}

export interface CompareAnswer {
  source: string;
  iterations_per_epoch: number;
  num_iterations: number;
  optimizer: Record<string, number | string>;
  batch_size: number | string;
  num_train: number;
  fits: FitAnswer[];
}

export interface SweepAnswer {
  rates: number[];
  train_cost: (number | null)[];
  val_cost: (number | null)[];
  best_rate: number;
  best_val_cost: number;
  num_epochs: number;
}

export interface RangeAnswer {
  source: string;
  test: {
    learning_rate: number;
    learning_rates: number[];
    costs: (number | null)[];
    smoothed: (number | null)[];
    exploded: boolean;
  } | null;
  message: string;
}

export interface ScheduleInfo {
  name: string;
  formula: string;
  summary: string;
  hyperparameters: Record<string, number>;
  stateful: boolean;
}

export interface DrawAnswer {
  name: string;
  formula: string;
  hyperparameters: Record<string, number>;
  stateful: boolean;
  factors: number[];
  rates: number[];
}

export interface RescueAnswer {
  start: number;
  new_rate: number;
  cost: (number | null)[];
  val_cost: number | null;
}

export type Verdict = 'too small' | 'good' | 'too large' | '…';

/** Maximum ratio of a good rate's final val cost to the lowest val cost in the sweep. */
export const TOLERANCE = 1.25;

/** A rate is good if its final val cost is close to the lowest val cost in the sweep. */
export function verdict(fit: FitAnswer, sweep: SweepAnswer | null): Verdict {
  if (fit.failure) return 'too large';
  if (!sweep) return '…';
  const last = fit.val_cost.at(-1) ?? Infinity;
  if (last <= TOLERANCE * sweep.best_val_cost) return 'good';
  return fit.rate < sweep.best_rate ? 'too small' : 'too large';
}

/** An explanation of what went wrong in the update before the cost exploded. */
export function explain(failure: Failure): string {
  const { largest, iteration } = failure;
  const now = failure.cost === null ? 'was no longer a number' : `was ${num(failure.cost, 3)}`;
  const before = failure.cost_before === null ? '' : `, after ${num(failure.cost_before, 3)} one iteration earlier`;
  const grown = largest.norm === 0 ? 'from 0' : 'without limit';
  const share = largest.ratio === null ? grown : `by ${percent(largest.ratio, 0)} of their length`;
  const lines = [
    `At iteration ${iteration}, the cost ${now}${before} and ${num(failure.first_cost, 3)} at the start.`,
    `The previous update changed the parameters of ${largest.layer} ${share} (${num(largest.update, 3)} of ${num(largest.norm, 3)}), so it overshot the minimum.`,
  ];
  if (failure.first_layer_not_finite) lines.push(`The first layer whose outputs are not finite is ${failure.first_layer_not_finite}.`);
  return lines.join('\n');
}
