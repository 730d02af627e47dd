/** Responses to the requests in assay/lab/units/regularizing. */

export interface Weights {
  epoch: number;
  counts: number[];
  share_of_zeros: number;
  mean_size: number;
  largest: number;
}

export interface Phases {
  num_train: number;
  num_val: number;
  num_parameters: number;
  is_classification: boolean;
  epochs: { train_cost: number[]; val_cost: number[]; train_score: number[]; val_score: number[] };
  early_stopping: { best_epoch: number; stop_epoch: number | null };
  edges: number[];
  weights: Weights[];
  penalty: { l1: number; l2: number };
}

export interface Mask {
  /** Name of the dropout layer. */
  layer: string;
  /** The number of units in the layer. The arrays below contain only the first units. */
  num_units: number;
  units: number[];
  kept: boolean[];
  num_kept: number;
  in_training: number[];
  in_inference: number[];
  mean: number[];
  outputs: { in_training: number[]; in_inference: number[] };
}

export interface Variants {
  kind: string;
  formula: string;
  hyperparameters: Record<string, number>;
  variants: number[][][];
}

export interface Augmented {
  row: number;
  num_rows: number;
  target: string;
  /** Whether the images are the built-in digits. */
  is_digit: boolean;
  /** The smallest and largest values in all images. */
  least: number;
  most: number;
  original: number[][];
  kinds: Variants[];
}

/** The strengths on a slider: 0 and values on a roughly logarithmic scale. */
export const STRENGTHS = [0, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 2e-3, 3e-3, 5e-3, 0.01, 0.02, 0.03, 0.05, 0.1];
