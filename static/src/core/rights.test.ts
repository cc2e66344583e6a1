import { expect, test } from 'vitest';
import { mayDelete, mayImport, mayWriteAccounts } from './rights';
import { ROLES } from './session';

test('each role is offered what the server lets it do', () => {
  const offered = ROLES.map((role) => {
    const user = { id: 'me', role };
    return [role, mayWriteAccounts(user), mayDelete(user, { owner_id: 'me' }), mayDelete(user, { owner_id: 'other' }), mayImport(user)];
  });
  expect(offered).toEqual([
    ['administrator', true, true, true, true],
    ['manager', true, true, true, true],
    ['rep', true, true, false, false],
    ['back_office', false, false, false, false],
  ]);
});
