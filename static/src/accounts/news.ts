/** What is new on the account that one looks at, for the marks beside its fields and entries. */
import { getContext, setContext } from 'svelte';
import type { News } from '../store/schema';

const KEY = Symbol('news');
type Source = () => News | null;

/** Let everything below the calling component know. */
export const tellNews = (source: Source): void => void setContext<Source>(KEY, source);

/** Call while a component is being made. Nothing is new where nobody tells. */
export const newsHere = (): Source => getContext<Source | undefined>(KEY) ?? (() => null);
