/** Addresses of runs. Their names may contain any character that is valid in a file name. */
import { href } from '../lib/router.svelte';

/** The address of a run's page, or of one of its subpages. */
export function pageOf(name: string, view = ''): string {
  return href(`runs/${encodeURIComponent(name)}${view ? `/${view}` : ''}`);
}

/** The server address of a run, or of one of its resources. */
export function apiOf(name: string, what = ''): string {
  return `/api/runs/${encodeURIComponent(name)}${what ? `/${what}` : ''}`;
}
