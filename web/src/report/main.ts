import { mount } from 'svelte';
import '../lib/tokens.css';
import '../lib/base.css';
import './report.css';
import Report from './Report.svelte';

/** Draw the report in place of the plain facts, which remain if an error occurs. */
const run = JSON.parse(document.getElementById('run')!.textContent!);
const main = document.createElement('main');
mount(Report, { target: main, props: { run } });
document.getElementById('facts')!.replaceWith(main);
