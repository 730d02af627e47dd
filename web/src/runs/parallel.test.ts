import { expect, it } from 'vitest';
import { axesOf, heightOn, kindsOf, shortName } from './parallel';

const trial = (number: number, rate: number, kind: string, value: number | null) => ({
  trial: number,
  hyperparameters: { 'optimizer.learning_rate': rate, 'optimizer.kind': kind },
  value,
  state: 'complete',
});
const trials = [trial(0, 1e-4, 'adam', 0.5), trial(1, 1e-2, 'adam', 0.7), trial(2, 1e-1, 'sgd', null)];

it('has an axis for each hyperparameter and one for the metric', () => {
  expect(axesOf(trials, 'accuracy').map((axis) => axis.short)).toEqual(['learning rate', 'kind', 'val accuracy']);
});

it('uses a logarithmic scale for rates that span more than a decade', () => {
  const [rate] = axesOf(trials, 'accuracy');
  expect(rate!.share(1e-2)).toBeCloseTo(2 / 3);
  expect([rate!.bottom, rate!.top]).toEqual(['0.0001', '0.1']);
});

it('omits a hyperparameter that a trial does not have', () => {
  const linear = { trial: 3, hyperparameters: { 'optimizer.learning_rate': 0.01 }, value: 0.6, state: 'complete' };
  const axes = axesOf([...trials, linear], 'accuracy');
  expect(heightOn(axes[1]!, linear, 200)).toBeNull();
});

it('draws a trial without a value at the bottom', () => {
  const axes = axesOf(trials, 'accuracy');
  expect(heightOn(axes[2]!, trials[2]!, 200)).toBe(188);
  expect(heightOn(axes[2]!, trials[1]!, 200)).toBe(12);
});

it('names an axis after the kind of its layer, and numbers layers of the same kind', () => {
  const kinds = kindsOf({ model: [{ kind: 'dropout' }, { kind: 'dense' }, { kind: 'dropout' }], regularizers: [{ kind: 'l2' }], seed: 1 });
  expect(shortName('model[2].rate', kinds)).toBe('dropout 2 rate');
  expect(shortName('model[1].units', kinds)).toBe('dense units');
  expect(shortName('regularizers[0].strength', kinds)).toBe('l2 strength');
  expect(shortName('model[7].rate', kinds)).toBe('model 7 rate');
  expect(shortName('optimizer.learning_rate', {})).toBe('learning rate');
});

it('shows that no trial has a result', () => {
  const failed = [{ trial: 0, hyperparameters: { 'optimizer.learning_rate': 1 }, value: null, state: 'failed' }];
  expect(axesOf(failed, 'accuracy').at(-1)!.bottom).toBe('no result');
});
