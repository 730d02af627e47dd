import { expect, test } from 'vitest';
import { filled } from './types';

test('x and the hyperparameters are replaced by numbers', () => {
  expect(filled('1/(1 + exp(-x))', 1.5, {})).toBe('1/(1 + exp(-1.5))');
  expect(filled('max(0, x)', -2, {})).toBe('max(0, (−2))');
  expect(filled('x if x > 0 else negative_slope·x', -3, { negative_slope: 0.01 })).toBe(
    '(−3) if (−3) > 0 else 0.01·(−3)',
  );
  expect(filled('x if x > 0 else negative_slope·x, negative_slope learned', 1, { negative_slope: 0.25 })).toBe(
    '1 if 1 > 0 else 0.25·1',
  );
});
