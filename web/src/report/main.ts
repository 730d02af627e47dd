import { mount } from 'svelte';
import '../lib/tokens.css';
import '../lib/base.css';
import './report.css';
import Report from './Report.svelte';

/** Replaces the plain facts with the report. If an error occurs, the facts remain visible. */
const run = JSON.parse(document.getElementById('run')!.textContent!);
const main = document.createElement('main');
mount(Report, { target: main, props: { run } });
document.getElementById('facts')!.replaceWith(main);
