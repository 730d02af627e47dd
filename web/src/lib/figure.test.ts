import { expect, it } from 'vitest';
import { moved, type Place } from './figure';

it.each<[string, Place | null, Place | null]>([
  ['ArrowRight', null, [0, 0]],
  ['ArrowDown', null, [0, 0]],
  ['ArrowLeft', null, [0, 0]],
  ['ArrowRight', [1, 4], [1, 4]],
  ['ArrowLeft', [1, 4], [1, 3]],
  ['ArrowUp', [0, 2], [0, 2]],
  ['ArrowDown', [1, 2], [2, 2]],
  ['Home', [2, 3], [2, 0]],
  ['End', [2, 3], [2, 4]],
  ['Tab', [2, 3], null],
])('%s moves the cursor from %s to %s in a 3 × 5 figure', (key, at, wanted) => {
  expect(moved(key, at, 3, 5)).toEqual(wanted);
});

it('does not move the cursor in an empty figure', () => {
  expect(moved('ArrowRight', null, 0, 5)).toBeNull();
});
