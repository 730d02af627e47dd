/** Curves of runs that differ only in their seed, as a mean with a band. */

export interface Group {
  name: string;
  size: number;
  mean: number[];
  low: number[];
  high: number[];
}

export interface Run {
  name: string;
  group: number;
  curve: Record<string, (number | null)[]> | null;
}

export function bands(runs: Run[]): Group[] {
  const numbers = [...new Set(runs.map((run) => run.group))];
  return numbers.map((number) => {
    const members = runs.filter((run) => run.group === number);
    const curves = members
      .map((run) => run.curve?.['val_cost'] ?? run.curve?.['train_cost'] ?? [])
      .filter((curve) => curve.length);
    // early stopping ends runs at different epochs, so the band ends where the shortest run ends
    const length = curves.length ? Math.min(...curves.map((curve) => curve.length)) : 0;
    const at = (epoch: number) => curves.map((curve) => curve[epoch]).filter((cost): cost is number => cost !== null);
    const epochs = Array.from({ length }, (_, epoch) => at(epoch));
    return {
      name: members.length > 1 ? `${members[0]!.name} and ${members.length - 1} more` : members[0]!.name,
      size: members.length,
      mean: epochs.map((costs) => costs.reduce((sum, cost) => sum + cost, 0) / costs.length),
      low: epochs.map((costs) => Math.min(...costs)),
      high: epochs.map((costs) => Math.max(...costs)),
    };
  });
}
