import { ApiError } from './api';

/**
 * The latest response to a request that changes, for example when a slider is moved.
 *
 *     const curve = new Answer<Curve>();
 *     $effect(() => curve.load((signal) => ask('activations', 'curve', {...body}, signal)));
 *
 * The previous value stays until the next one arrives, so figures do not flicker. At most
 * one request is pending at a time, and only the newest of the waiting requests is sent.
 */
export class Answer<T> {
  value = $state.raw<T | null>(null);
  error = $state<string | null>(null);
  pending = $state(false);
  #running: AbortController | null = null;
  #next: ((signal: AbortSignal) => Promise<T>) | null = null;

  load(request: (signal: AbortSignal) => Promise<T>): void {
    this.#next = request;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    while (this.#next) {
      const request = this.#next;
      this.#next = null;
      this.#running = new AbortController();
      this.pending = true;
      try {
        this.value = await request(this.#running.signal);
        this.error = null;
      } catch (error) {
        this.error = error instanceof ApiError ? error.message : String(error);
      }
    }
    this.#running = null;
    this.pending = false;
  }
}
