import { expect, test } from 'vitest';
import { filled, groupOf, GROUPS, type PointAnswer } from './types';

const example: PointAnswer = {
  loss: 'squared_error',
  formula: '',
  direction: 'minimize',
  hyperparameters: { delta: 1 },
  x: [],
  losses: [],
  slopes: [],
  outputs: [1.5],
  target: -1,
  prediction: 0.25,
  value: 0,
  gradient: [],
};

test('every loss belongs to one group', () => {
  const names = GROUPS.flatMap((group) => group.names);
  expect(new Set(names).size).toBe(names.length);
  expect(groupOf('hinge')).toBe(1);
});

test('the formula is filled with the numbers of the example', () => {
  expect(filled(example)).toBe('(1.5 − (−1))²');
  expect(filled({ ...example, loss: 'absolute_error' })).toBe('|1.5 − (−1)|');
  expect(filled({ ...example, loss: 'huber' })).toBe('1·(|2.5| − 1/2)');
  expect(filled({ ...example, loss: 'huber', target: 1 })).toBe('0.5²/2');
  expect(filled({ ...example, loss: 'hinge', target: 0 })).toBe('max(0, 1 − (−1)·1.5)');
  expect(filled({ ...example, loss: 'binary_cross_entropy', target: 1 })).toBe('−log 0.25');
  expect(filled({ ...example, loss: 'cross_entropy', target: 1, prediction: [0.5, 0.125] })).toBe('−log 0.125');
  expect(filled({ ...example, loss: 'poisson_likelihood', target: 2 })).toBe('2·1.5 − exp(1.5) − log(2!)');
});
