import { expect, test } from 'vitest';
import { scoreOf, withRefit } from './curves';

const fit = { epoch: [1, 2], train_cost: [3, 2], val_cost: [4, 3] };

test('a longer refit extends the axis', () => {
  const both = withRefit(fit, { epoch: [1, 2, 3], train_cost: [3, 1, 0.5] });
  expect(both['epoch']).toEqual([1, 2, 3]);
  expect(both['val_cost']).toEqual([4, 3, null]);
  expect(both['refit']).toEqual([3, 1, 0.5]);
});

test('a refit that was measured after different epochs is omitted', () => {
  expect(withRefit(fit, { epoch: [1, 3], train_cost: [3, 1] })).toBe(fit);
  expect(withRefit(fit, undefined)).toBe(fit);
});

test('the score is named after the quantity that was measured', () => {
  expect(scoreOf('regression', 'rmse')).toBe('mean squared error');
  expect(scoreOf('binary', 'balanced_accuracy')).toBe('balanced accuracy');
  expect(scoreOf('multiclass', 'log_loss')).toBe('accuracy');
  expect(scoreOf(undefined, undefined)).toBe('accuracy'); // before the data are read
});
