/** Runs before the first paint, as a small script of its own (templates/shell.html): a theme or language chosen against the device's must not flash. */
import { chosenLocale } from './core/i18n/choice';
import './core/theme';

document.documentElement.lang = chosenLocale();
