import { expect, test } from 'vitest';
import { explain, verdict, type FitAnswer, type SweepAnswer } from './types';

const sweep = { best_rate: 0.1, best_val_cost: 0.2 } as SweepAnswer;
const fit = (rate: number, cost: number, failure = false) =>
  ({ rate, val_cost: [3, cost], failure: failure ? {} : null }) as FitAnswer;

test('a rate is judged relative to the lowest val cost of all rates', () => {
  expect(verdict(fit(0.1, 0.2), sweep)).toBe('good');
  expect(verdict(fit(0.3, 0.249), sweep)).toBe('good');
  expect(verdict(fit(0.01, 0.8), sweep)).toBe('too small');
  expect(verdict(fit(1, 0.8), sweep)).toBe('too large');
  expect(verdict(fit(0.01, 0.2, true), sweep)).toBe('too large');
  expect(verdict(fit(0.1, 0.2), null)).toBe('…');
});

test('the explanation names the iteration, the layer and the numbers', () => {
  const layer = { layer: 'dense1', norm: 13.2, update: 8.59, ratio: 0.65, gradient_norm: 8.59 };
  const failure = {
    iteration: 80,
    cost: 16.1,
    first_cost: 3.05,
    cost_before: 0.892,
    largest: layer,
    first_layer_not_finite: null,
    layers: [layer],
  };
  const text = explain(failure);
  expect(text).toContain('At iteration 80, the cost was 16.1, after 0.892');
  expect(text).toContain('dense1 by 65% of their length');
  const zero = { ...layer, norm: 0, ratio: null };
  expect(explain({ ...failure, largest: zero })).toContain('dense1 from 0 (8.59 of 0)');
  expect(explain({ ...failure, cost: null, first_layer_not_finite: 'relu1' })).toContain('no longer a number');
});
