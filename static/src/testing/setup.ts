/** Every test runs with an IndexedDB of its own kind: in memory, empty. */
import 'fake-indexeddb/auto';
