/** Addresses of runs, whose names may contain any character that file names may contain. */
import { href } from '../lib/router.svelte';

/** The address of the page of a run, or of a page about it. */
export function pageOf(name: string, view = ''): string {
  return href(`runs/${encodeURIComponent(name)}${view ? `/${view}` : ''}`);
}

/** The server address of a run, or of one of its resources. */
export function apiOf(name: string, what = ''): string {
  return `/api/runs/${encodeURIComponent(name)}${what ? `/${what}` : ''}`;
}
