/** Converts the values of the form that starts a run to the fields of an experiment. */

export interface Member {
  kind: string;
  summary: string;
  formula: string;
  fields: Field[];
}

export interface Field {
  path: string;
  description: string;
  rule: string;
  words: string[];
  default: unknown;
  members: Member[] | null;
  is_list: boolean;
}

export interface Group {
  name: string;
  fields: Field[];
}

export interface FormSpec {
  builtins: { name: string; summary: string }[];
  groups: Group[];
}

/** A member of a family with the fields that the user has filled in. */
export interface Chosen {
  kind: string;
  [field: string]: unknown;
}

export type Values = Record<string, unknown>;

/** Parse an input: a number, true or false, a list in brackets, or a word. */
export function read(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed)) return Number(trimmed);
  if (trimmed.startsWith('[') && trimmed.endsWith(']')) {
    const items = trimmed.slice(1, -1).split(',').map(read);
    return items.filter((item) => item !== undefined);
  }
  return trimmed;
}

/** Convert paths such as "tune.num_trials" to nested fields; unset fields are omitted. */
export function nested(values: Values): Values {
  const fields: Values = {};
  for (const [path, value] of Object.entries(values)) {
    if (value === undefined || value === '' || value === null) continue;
    const names = path.split('.');
    const last = names.pop()!;
    let place = fields;
    for (const name of names) place = (place[name] ??= {}) as Values;
    place[last] = value;
  }
  return fields;
}

/** The default value of a field, which empty inputs show as a placeholder. */
export function hint(field: Field): string {
  const value = field.default;
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length ? `[${value.join(', ')}]` : 'none';
  return typeof value === 'object' ? (Object.keys(value).length ? JSON.stringify(value) : 'none') : String(value);
}

/** A readable name for a path, such as "number of trials" for "tune.num_trials". */
export function title(path: string): string {
  const words = path.split('.').at(-1)!.replaceAll('_', ' ');
  return words.replace(/^num /, 'number of ').replace(/^(.*) seconds$/, '$1 in seconds');
}
