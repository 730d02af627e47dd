/** Requests to the lab's server. The browser sends the cookie with the token automatically. */

/** An error message for users, with the response status (0 if the server cannot be reached). */
export class ApiError extends Error {
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return call<T>(path, { signal });
}

export function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const headers = { 'Content-Type': 'application/json' };
  return call<T>(path, { method: 'POST', headers, body: JSON.stringify(body), signal });
}

/** Send a request to a unit, for example ask('activations', 'curve', {name: 'relu'}). */
export function ask<T>(unit: string, question: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return post<T>(`/api/units/${unit}/${question}`, body, signal);
}

/** Upload a file unchanged; the response contains the name of the stored copy. */
export function upload<T>(file: File): Promise<T> {
  const headers = {
    'Content-Type': 'application/octet-stream',
    'X-File-Name': encodeURIComponent(file.name),
  };
  return call<T>('/api/uploads', { method: 'POST', headers, body: file });
}

async function call<T>(path: string, options: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...options, credentials: 'same-origin' });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError('The lab is not responding. Start it again with: assay lab', 0);
  }
  if (response.ok) return (await response.json()) as T;
  throw new ApiError(await message(response), response.status);
}

async function message(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return (JSON.parse(text) as { error: string }).error;
  } catch {
    return text || `The lab returned status ${response.status}.`;
  }
}

export type Listener = (kind: string, data: unknown) => void;

/**
 * Listen to server-sent events; the browser reconnects with the last cursor that it received.
 * Return a function that stops listening.
 */
export function listen(path: string, kinds: readonly string[], listener: Listener): () => void {
  const source = new EventSource(path);
  for (const kind of kinds) {
    source.addEventListener(kind, (event) => listener(kind, JSON.parse((event as MessageEvent<string>).data)));
  }
  source.onerror = () => listener('lost', null);
  source.onopen = () => listener('connected', null);
  return () => source.close();
}
