/** Which modules share a file: what every start needs in one, what the lists need beside it in another. Each file more costs a start its fetching, and a hundredfold as many the service worker its answering. */

interface Known {
  importedIds: readonly string[];
}

interface Context {
  getModuleInfo(id: string): Known | null;
}

const source = (path: string): string => `${import.meta.dirname}/static/src/${path}`;

/** The modules that an entry loads by plain imports, itself included. */
function reached(context: Context, entry: string, found = new Set<string>()): Set<string> {
  const module = found.has(entry) ? null : context.getModuleInfo(entry);
  if (!module) return found;
  found.add(entry);
  for (const id of module.importedIds) reached(context, id, found);
  return found;
}

/** A group of all that is reached from an entry. */
function group(name: string, entry: string, priority: number): { name: (id: string, context: Context) => string | null; priority: number } {
  let members: Set<string> | null = null;
  return { priority, name: (id, context) => ((members ??= reached(context, entry)).has(id) ? name : null) };
}

export const chunks = [group('shell', source('main.ts'), 3), group('lists', source('lists/ListsScreen.svelte'), 2), group('synchronise', source('synchronise.ts'), 1)];
