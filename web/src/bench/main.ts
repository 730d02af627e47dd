import { mount } from 'svelte';
import '../lib/tokens.css';
import Bench from './Bench.svelte';

/** The page that `benchmarks/lab.py` measures. It is not part of the lab. */
export default mount(Bench, { target: document.getElementById('app')! });
