/** Whether there is room for a panel beside the rest: the rail on the left appears at the same width. */
import { MediaQuery } from 'svelte/reactivity';

export const wide = new MediaQuery('min-width: 900px');
