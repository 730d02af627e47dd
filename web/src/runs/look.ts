import type { Column, Finding } from './types';

/** The results of inspecting the data before training. */
export interface Look {
  source: string;
  num_examples: number;
  num_features: number;
  task: { kind: string; target: string; reason: string; classes: (string | number)[] };
  balance: Record<string, number> | null;
  columns: Column[];
  split: { train: number; val: number; test: number; by: string };
  notes: string[];
  findings: Finding[];
}
