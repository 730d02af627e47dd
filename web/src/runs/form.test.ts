import { expect, it } from 'vitest';
import { hint, nested, read, title, type Field } from './form';

it.each([
  ['', undefined],
  ['0.01', 0.01],
  ['.5', 0.5],
  ['1e-3', 0.001],
  ['true', true],
  ['[32, 32]', [32, 32]],
  ['[conv*, dense1]', ['conv*', 'dense1']],
  ['log(1e-4, 1e-1)', 'log(1e-4, 1e-1)'],
  [' all ', 'all'],
])('reads %j as %j', (text, value) => expect(read(text)).toEqual(value));

it('nests paths and omits fields that are not set', () => {
  const values = { data: 'digits', target: undefined, 'tune.num_trials': 5, 'tune.time_seconds': '', seed: 0 };
  expect(nested(values)).toEqual({ data: 'digits', tune: { num_trials: 5 }, seed: 0 });
});

it('formats the names of fields and their defaults', () => {
  const field = (value: unknown) => ({ default: value }) as Field;
  expect([hint(field(null)), hint(field([])), hint(field(0.7)), hint(field('auto'))]).toEqual(['none', 'none', '0.7', 'auto']);
  expect(title('tune.num_trials')).toBe('number of trials');
  expect(title('tune.time_seconds')).toBe('time in seconds');
});
