/** Limits and ticks for the axes of line charts. */
import { ticks } from './scale';

const MARGIN = 0.06; // space above and below the values, as a fraction of their range

/** The limits of a vertical axis, with a margin around the values even if they are all equal. */
export function padded(low: number | null, high: number | null, log: boolean): [number, number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return log ? [0.1, 1] : [0, 1];
  if (log) {
    const factor = Math.max((high / low) ** MARGIN, 1.1);
    return [low / factor, high * factor];
  }
  const gap = MARGIN * (high - low) || 0.1 * Math.abs(high) || 1;
  return [low >= 0 && low < gap ? 0 : low - gap, high + gap];
}

/** Ticks of a logarithmic axis; evenly spaced if there would otherwise be fewer than two. */
export function decades(low: number, high: number): number[] {
  const found = ticks([low, high], 6, true);
  return found.length > 1 ? found : ticks([low, high], 3);
}
