/** Addresses of runs, whose names may hold any character of a file name. */
import { href } from '../lib/router.svelte';

/** The address of the page of a run, or of a page about it. */
export function pageOf(name: string, view = ''): string {
  return href(`runs/${encodeURIComponent(name)}${view ? `/${view}` : ''}`);
}

/** The address on the server of a run, or of something about it. */
export function apiOf(name: string, what = ''): string {
  return `/api/runs/${encodeURIComponent(name)}${what ? `/${what}` : ''}`;
}
