import { expect, it } from 'vitest';
import { bands, type Run } from './bands';

it('combines the runs of a group into a mean with a band', () => {
  const runs: Run[] = [
    { name: 'a-1', group: 0, curve: { val_cost: [1, 0.5, 0.25] } },
    { name: 'a-2', group: 0, curve: { val_cost: [3, 1.5] } },
    { name: 'b-1', group: 1, curve: { train_cost: [4] } },
    { name: 'c-1', group: 2, curve: null },
  ];
  const [a, b, c] = bands(runs);
  expect(a).toEqual({ name: 'a-1 and 1 more', size: 2, mean: [2, 1], low: [1, 0.5], high: [3, 1.5] });
  expect([b!.mean, c!.mean]).toEqual([[4], []]);
});
