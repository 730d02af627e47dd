/** The records of runs, as sent by the server. */
import type { Points } from './residuals';

export type Interval = [number | null, number | null] | null;

export interface Finding {
  code: string;
  severity: 'info' | 'advice' | 'warning' | 'error';
  message: string;
  numbers: Record<string, unknown>;
  remedy: string;
}

export interface State {
  state: 'running' | 'paused' | 'stopped' | 'failed' | 'finished' | 'broken';
  message?: string;
}

export interface Listed extends State {
  name: string;
  changed_seconds: number;
  source?: string | null;
  task?: string;
  metric?: string;
  value?: number | null;
  interval?: Interval;
  verdict?: string;
  num_parameters?: number;
  num_trials?: number;
  total_seconds?: number | null;
}

export interface Trial {
  trial: number;
  hyperparameters: Record<string, unknown>;
  value: number | null;
  state: string;
  epochs?: number | null;
  duration_seconds?: number | null;
}

export interface Measured {
  value: number | null;
  interval: Interval;
}

export interface ClassScore {
  class: string | number;
  support: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
}

export interface Summary {
  run: string;
  task: string;
  assay: string;
  data: {
    source: string;
    num_examples: number;
    num_features: number;
    classes: (string | number)[] | null;
    fingerprint: string;
    target?: string | null;
    notes?: string[];
  };
  split: { train: number; val: number; test: number; by: string; hash: string; notes?: string[] };
  model: { layers: (string | ({ name: string; kind: string } & Record<string, unknown>))[]; num_parameters: number; members?: number };
  hyperparameters: Record<string, unknown>;
  tune: {
    num_trials: number;
    best_val: number | null;
    metric: string;
    best_trial?: number;
    values?: Record<string, unknown> | null;
    notes?: string[];
  } | null;
  refit: { num_examples: number; epochs: number; iterations?: number };
  test: Measured & { metric: string; level: number; num_examples: number; openings: number; note?: string };
  metrics: Record<string, Measured>;
  baselines: (Measured & { name: string })[];
  train: { cost: number | null; metric_value: number | null };
  verdict: string;
  verdict_reason?: string | null;
  evaluation?: { per_class?: ClassScore[]; confusion?: number[][]; notes?: string[] };
  findings: Finding[];
  timings: Record<string, number | null>;
}

export type Curves = Record<string, (number | null)[]>;

export interface Detail extends State {
  name: string;
  path: string;
  summary?: Summary;
  metric_title?: string;
  metric_titles?: Record<string, string>;
  compared?: string[];
  layers?: string;
  /** The stages that precede the test, each with a label and texts. */
  course?: string[][];
  /** Caveats about metrics. */
  notes?: string[];
  /** The Unix time at which the test set was opened. */
  opened_seconds?: number | null;
  data: { columns?: Column[]; task?: { reason?: string }; metric?: string; notes?: string[] } | null;
  resolved: {
    seed?: number;
    device?: string;
    platform?: string;
    versions?: Record<string, string>;
    experiment?: Record<string, unknown>;
  } | null;
  split: { train: number; val: number; test: number } | null;
  trials: Trial[] | null;
  epochs: Record<string, Curves> | null;
  monitors: Record<string, { layers: string[]; epoch: number[] } & Record<string, unknown>> | null;
  predictions?: (Partial<Points> & {
    calibration?: { rows: number; right: number; interval: [number, number]; confidence: number }[];
  }) | null;
  report?: boolean;
  damaged: string[];
}

export interface Column {
  name: string;
  kind: string;
  reason: string;
  num_missing: number;
  num_distinct: number;
  ignored: boolean;
  used?: boolean;
  style?: string;
}

export type Shown =
  | { kind: 'image'; values: unknown }
  | { kind: 'sequence'; values: unknown; channels?: string[] }
  | { kind: 'text'; text: string }
  | { kind: 'row'; cells: Record<string, unknown> };
