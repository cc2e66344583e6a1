/** Pure decisions of these screens: who is found, in which order. */
import { fold } from '../accounts/folding';

interface Named {
  name: string;
  email: string;
}

/** Those whose name or e-mail holds every word of what was typed, width and case aside. */
export function findPeople<T extends Named>(people: T[], typed: string): T[] {
  const words = typed.split(/\s+/).map(fold).filter(Boolean);
  return people.filter((person) => {
    const text = `${fold(person.name)}\n${fold(person.email)}`;
    return words.every((word) => text.includes(word));
  });
}

/** The list with the value put in or taken out. */
export const toggled = (list: string[], value: string): string[] => (list.includes(value) ? list.filter((item) => item !== value) : [...list, value]);
