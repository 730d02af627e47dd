import { expect, test } from 'vitest';
import { apart, memoryAt, modeOf, vector, type PathAnswer } from './types';

test('labels that would overlap are moved apart', () => {
  const moved = apart([
    { x: 10, y: 50 },
    { x: 12, y: 52 },
    { x: 300, y: 51 },
  ]);
  expect(moved.map(({ y }) => y)).toEqual([50, 51, 64]);
});

test('the state at an update is written with its symbols', () => {
  const path = { memory: { m: [[1, 2], [3, 4]], v: [0.5, 0.25] } } as unknown as PathAnswer;
  expect(memoryAt(path, 1)).toEqual([['m', '(3, 4)'], ['v', '0.25']]);
  expect(memoryAt(path, 9)).toEqual([['m', '(3, 4)'], ['v', '0.25']]);
});

test('a place is a surface, two weights or a slice', () => {
  expect(['bowl', 'line', 'slice'].map(modeOf)).toEqual(['surface', 'line', 'slice']);
  expect(vector([1, null])).toBe('(1, –)');
});
