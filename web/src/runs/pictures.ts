/** The layer measurement that shows a symptom; empty for the cost curves. */
const PICTURES: Record<string, string> = {
  vanishing_gradients: 'gradient_norm',
  exploding_gradients: 'std',
  dead_units: 'dead_share',
  saturated_units: 'saturated_share',
  symmetric_units: 'std',
  learning_rate_too_large: 'update_ratio',
  learning_rate_too_small: 'update_ratio',
  over_regularized: 'parameter_norm',
  batch_too_small: '',
  narrow_layer: '',
  overfitting: '',
  underfitting: '',
};

/** The measurement that shows a finding; undefined if no training plot shows it. */
export function pictureOf(code: string): string | undefined {
  return PICTURES[code];
}
