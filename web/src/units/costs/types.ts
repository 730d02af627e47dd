/** The server's responses to this unit's requests. */
import { num } from '../../lib/format';

export interface LossInfo {
  name: string;
  class: string;
  formula: string;
  summary: string;
  tasks: string[];
  direction: 'minimize' | 'maximize';
  hyperparameters: Record<string, number>;
}

export interface PointAnswer {
  loss: string;
  formula: string;
  direction: 'minimize' | 'maximize';
  hyperparameters: Record<string, number>;
  x: number[];
  losses: (number | null)[];
  slopes: (number | null)[];
  outputs: number[];
  target: number;
  prediction: number | number[];
  value: number;
  gradient: number[];
}

export interface ConstantAnswer {
  x: number[];
  curves: { loss: string; costs: number[]; slopes: number[]; best: number; best_cost: number }[];
  mean: number;
  median: number;
}

export interface ExamplesAnswer {
  source: string;
  task: 'binary' | 'multiclass' | 'regression';
  classes: (string | number)[];
  loss: string;
  formula: string;
  direction: 'minimize' | 'maximize';
  num_batches: number;
  rows: number[];
  pixels: number[][] | null;
  targets: number[];
  outputs: number[][];
  predictions: number[] | number[][];
  losses: number[];
  gradients: number[][];
  sum: number;
  cost: number;
  num_rows: number;
  cost_of_train: number;
  penalty: number;
  penalty_formula: string;
}

/** The losses in this unit, by kind of target. */
export const GROUPS = [
  { title: 'A number', names: ['squared_error', 'absolute_error', 'huber', 'gaussian_likelihood', 'poisson_likelihood'] },
  { title: 'One of two classes', names: ['binary_cross_entropy', 'hinge'] },
  { title: 'One of several classes', names: ['cross_entropy', 'log_likelihood'] },
];

export function groupOf(name: string): number {
  return GROUPS.findIndex((group) => group.names.includes(name));
}

/** The formula of a loss with the numbers of one example filled in. */
export function filled(answer: PointAnswer): string {
  const [o, t] = [signed(answer.outputs[0]!), signed(answer.target)];
  const p = answer.prediction;
  switch (answer.loss) {
    case 'squared_error':
      return `(${o} − ${t})²`;
    case 'absolute_error':
      return `|${o} − ${t}|`;
    case 'huber': {
      const delta = answer.hyperparameters['delta']!;
      const error = answer.outputs[0]! - answer.target;
      return Math.abs(error) <= delta
        ? `${signed(error)}²/2`
        : `${num(delta)}·(|${num(error)}| − ${num(delta)}/2)`;
    }
    case 'hinge':
      return `max(0, 1 − ${answer.target ? '1' : '(−1)'}·${o})`;
    case 'binary_cross_entropy':
      return answer.target ? `−log ${num(p as number)}` : `−log(1 − ${num(p as number)})`;
    case 'cross_entropy':
      return `−log ${num((p as number[])[answer.target]!)}`;
    case 'log_likelihood':
      return `log ${num((p as number[])[answer.target]!)}`;
    case 'gaussian_likelihood': {
      const s = signed(answer.outputs[1]!);
      return `−(log 2π + ${s} + (${t} − ${o})²·exp(−${s}))/2`;
    }
    case 'poisson_likelihood':
      return `${t}·${o} − exp(${o}) − log(${t}!)`;
    default:
      return '';
  }
}

function signed(value: number): string {
  return value < 0 ? `(${num(value)})` : num(value);
}
