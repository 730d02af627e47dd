/** Stores the settings of a page in the query of the page's address. */

export type Value = number | string | boolean | number[];
export type Values = Record<string, Value>;

export function encode<T extends Values>(values: T, defaults: T): string {
  const query = new URLSearchParams();
  for (const [name, fallback] of Object.entries(defaults)) {
    const text = write(values[name]!);
    if (text !== write(fallback)) query.set(name, text);
  }
  return query.toString();
}

/** Read values; missing values and values of the wrong type are replaced by the defaults. */
export function decode<T extends Values>(query: URLSearchParams, defaults: T): T {
  const found = Object.entries(defaults).map(([name, fallback]) => {
    const text = query.get(name);
    return [name, text === null ? copy(fallback) : read(text, fallback)];
  });
  return Object.fromEntries(found) as T;
}

function write(value: Value): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

function read(text: string, fallback: Value): Value {
  if (typeof fallback === 'string') return text;
  if (typeof fallback === 'boolean') return text === 'true';
  const numbers = text === '' ? [] : text.split(',').map(Number);
  if (!numbers.every(Number.isFinite)) return copy(fallback);
  if (Array.isArray(fallback)) return numbers;
  return numbers.length === 1 ? numbers[0]! : fallback;
}

function copy(value: Value): Value {
  return Array.isArray(value) ? [...value] : value;
}
