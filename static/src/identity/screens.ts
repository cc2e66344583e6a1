/** The screens of this room, in one file: each by itself would cost the app's first load its name and those of what it needs. */
import PeopleScreen from './PeopleScreen.svelte';
import SecurityScreen from './SecurityScreen.svelte';
import TeamsScreen from './TeamsScreen.svelte';
import TokensScreen from './TokensScreen.svelte';

export const screens = { people: PeopleScreen, security: SecurityScreen, teams: TeamsScreen, tokens: TokensScreen };
