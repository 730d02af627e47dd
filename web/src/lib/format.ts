/** Functions that format numbers and names for all pages. */

/** A number with a few significant digits, such as 0.0016 or 1,797; "–" if the value is missing. */
export function num(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return sign(value.toLocaleString('en'));
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    const [mantissa, exponent] = value.toExponential(Math.max(digits - 2, 0)).split('e');
    return sign(`${trim(mantissa!)}e${exponent!.replace('+', '')}`);
  }
  const text = Number(value.toPrecision(digits));
  return sign(text.toLocaleString('en', { maximumSignificantDigits: digits }));
}

/** A number with a fixed number of decimals, so the decimal points in a column are aligned.
 *
 * Numbers below 0.00001 are written with an exponent, because they would otherwise look like 0.
 */
export function fixed(value: number | null | undefined, decimals = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return num(value);
  if (value !== 0 && Math.abs(value) < 1e-5) return num(value);
  return sign(value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
}

/** A share as a percentage, such as 98.9%. */
export function percent(share: number | null | undefined, decimals = 1): string {
  return share === null || share === undefined ? '–' : `${fixed(100 * share, decimals)}%`;
}

/** A measured value, such as 0.989 or 59.9: three decimals, or one for large values. */
export function measured(value: number | null | undefined): string {
  return fixed(value, decimalsFor(value ?? 0));
}

/** An interval, such as [0.968, 0.996]; by default, rounded like a measured value. */
export function interval(ends: readonly (number | null)[] | null | undefined, decimals?: number): string {
  if (!ends) return '';
  const shown = decimals ?? decimalsFor(Math.max(...ends.map((end) => Math.abs(end ?? 0))));
  return `[${ends.map((end) => fixed(end, shown)).join(', ')}]`;
}

function decimalsFor(value: number): number {
  return Math.abs(value) >= 10 ? 1 : 3;
}

/** A duration, such as 2.3 s, 4 min 10 s or 2 h 5 min. */
export function seconds(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value < 10) return `${fixed(value, 1)} s`;
  const whole = Math.round(value);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A count with its noun, such as 1 row or 270 rows. */
export function count(size: number, noun: string, plural = `${noun}s`): string {
  return `${num(size)} ${size === 1 ? noun : plural}`;
}

/** A number of bytes, such as 3.1 MB. */
export function bytes(size: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${num(size, 3)} ${units[unit]}`;
}

const PERSONS = /\b(huber|gaussian|poisson)\b/g;

/** A readable form of a recorded name, such as "log loss" for log_loss. */
export function words(name: string): string {
  return name.replaceAll('_', ' ').replace(PERSONS, (person) => person[0]!.toUpperCase() + person.slice(1));
}

function trim(mantissa: string): string {
  return mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
}

/** Replace hyphens with minus signs, which are as wide as digits. */
function sign(text: string): string {
  return text.replaceAll('-', '−');
}
