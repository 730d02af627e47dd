import type { Curves } from './types';

/** The name of the score measured after each epoch. */
export function scoreOf(task: string | undefined, metric: string | undefined): string {
  if (task === 'regression') return 'mean squared error';
  return metric === 'balanced_accuracy' ? 'balanced accuracy' : 'accuracy';
}

/**
 * The costs of a fit together with the costs of the refit, which may have more or fewer epochs. The
 * refit is omitted if its costs were measured after different epochs, as in very long fits.
 */
export function withRefit(fit: Curves, refit: Curves | undefined): Curves {
  const [own, other] = [fit['epoch'] ?? [], refit?.['epoch'] ?? []];
  const longer = own.length >= other.length ? own : other;
  const shorter = longer === own ? other : own;
  if (!refit || !other.length || shorter.some((epoch, place) => epoch !== longer[place])) return fit;
  const padded = (values: (number | null)[] = []) => longer.map((_, place) => values[place] ?? null);
  return {
    epoch: longer,
    train_cost: padded(fit['train_cost']),
    val_cost: padded(fit['val_cost']),
    refit: padded(refit['train_cost']),
  };
}
