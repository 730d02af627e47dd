/** Converts a calculation formatted for a terminal to lines for a page of any width. */

export interface Line {
  text: string;
  /** Whether the line is aligned with its neighbors by spaces, as in a table. */
  aligned: boolean;
}

/** Join lines that were wrapped for a terminal, and drop the check, which the page shows separately. */
export function logicalLines(text: string): Line[] {
  const lines: Line[] = [];
  for (const line of text.split('\n')) {
    const aligned = /\S {2,}\S/.test(line);
    const continues = /^ {4}\S/.test(line) && !aligned && lines.length > 0;
    if (continues) lines.at(-1)!.text += ` ${line.trim()}`;
    else lines.push({ text: aligned ? line : line.trim(), aligned });
  }
  return lines.filter((line) => !line.text.startsWith('check: '));
}
