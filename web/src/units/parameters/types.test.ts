import { expect, test } from 'vitest';
import { direction, lines, type UpdatesAnswer } from './types';

const step = { iteration: 0, before: 0.5, gradient: -2, memory: {}, rate: 0.1, cost: 1, after: 0.7 };
const answer = { optimizer: 'sgd' } as UpdatesAnswer;

test('the direction is the change divided by the learning rate', () => {
  expect(direction(step)).toBeCloseTo(-2, 9);
});

test('the lines of an update can be checked by hand', () => {
  expect(lines(answer, step).at(-1)).toBe('after    0.5 − 0.1 · (−2) = 0.7');
  const adam = lines({ ...answer, optimizer: 'adam' }, { ...step, memory: { m: -0.2, v: 0.004 } });
  expect(adam[2]).toBe('state    m = −0.2, v = 0.004');
});
