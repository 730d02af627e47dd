/** Places the names of lines so that they neither overlap nor leave the plot. */

/** A name, split into two lines if it does not fit on one. */
export function wrapped(name: string, fits: (text: string) => boolean): string[] {
  if (fits(name)) return [name];
  const words = name.split(' ');
  let count = words.length - 1;
  while (count > 1 && !fits(words.slice(0, count).join(' '))) count -= 1;
  return count < 1 ? [name] : [words.slice(0, count).join(' '), words.slice(count).join(' ')];
}

/** The tops of boxes that are as close to their desired centers as possible without overlapping. */
export function apart(boxes: { at: number; size: number }[], [low, high]: [number, number]): number[] {
  const order = boxes.map((_, place) => place).sort((a, b) => boxes[a]!.at - boxes[b]!.at);
  const tops = boxes.map(({ at, size }) => at - size / 2);
  let free = low;
  for (const place of order) {
    tops[place] = Math.max(tops[place]!, free);
    free = tops[place]! + boxes[place]!.size;
  }
  let end = high;
  for (const place of order.toReversed()) {
    tops[place] = Math.min(tops[place]!, end - boxes[place]!.size);
    end = tops[place]!;
  }
  return tops;
}
