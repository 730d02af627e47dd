import { expect, test } from 'vitest';
import { pictureOf } from './pictures';

test('symptoms of the layers have a measurement, and symptoms of the data have none', () => {
  expect(pictureOf('dead_units')).toBe('dead_share');
  expect(pictureOf('overfitting')).toBe('');
  expect(pictureOf('missing_values')).toBeUndefined();
});
