import { expect, test } from 'vitest';
import { withRefit } from './curves';

const fit = { epoch: [1, 2], train_cost: [3, 2], val_cost: [4, 3] };

test('a longer refit extends the axis', () => {
  const both = withRefit(fit, { epoch: [1, 2, 3], train_cost: [3, 1, 0.5] });
  expect(both['epoch']).toEqual([1, 2, 3]);
  expect(both['val_cost']).toEqual([4, 3, null]);
  expect(both['refit']).toEqual([3, 1, 0.5]);
});

test('a refit with other epochs is left out', () => {
  expect(withRefit(fit, { epoch: [1, 3], train_cost: [3, 1] })).toBe(fit);
  expect(withRefit(fit, undefined)).toBe(fit);
});
