import type { Page } from 'playwright-core';

/** The ways of putting a node onto a role in the Build tab of a deployment. Each returns when the node is there. */

/** How far the keys may wander over the page before they have found the role. */
const PRESSES_MAX = 60;

/** Takes a role out of the palette, as a place to put nodes on. */
export const addRole = async (page: Page, role: string): Promise<void> => {
  await page.getByRole('combobox', { name: 'Add a role' }).fill(role);
  await page
    .getByRole('option')
    .filter({ hasText: new RegExp(`^${role}`) })
    .first()
    .click();
  await page.getByTestId(`role-${role}`).waitFor();
};

/** A node where it is bound to a role. */
export const bound = (page: Page, role: string, node: string) =>
  page.getByTestId(`role-${role}`).getByRole('link', { name: node });

/** Drags it by the mouse, and sees on the way what would come along. */
export const putByMouse = async (page: Page, role: string, node: string): Promise<void> => {
  const grip = await page.getByRole('button', { name: `Drag ${node}` }).boundingBox();
  const place = await page.getByTestId(`role-${role}`).boundingBox();
  if (!grip || !place) throw new Error('there is nothing to drag');
  await page.mouse.move(grip.x + 30, grip.y + grip.height / 2);
  await page.mouse.down();
  await page.mouse.move(place.x + place.width / 2, place.y + 30, { steps: 12 });
  await page.getByTestId('foreseen').getByText('would come along').first().waitFor();
  await page.mouse.up();
  await bound(page, role, node).waitFor();
};

/** Carries it by the keys alone. */
export const putByKeys = async (page: Page, role: string, node: string): Promise<void> => {
  await page.getByRole('button', { name: `Drag ${node}` }).focus();
  await page.keyboard.press('Space');
  for (let presses = 0; presses < PRESSES_MAX; presses += 1) {
    if (await page.locator(`[data-testid="role-${role}"][class*="over"]`).count()) break;
    await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('Space');
  await bound(page, role, node).waitFor();
};

/** Chooses the role in the node's menu, which shows what would come along as well. */
export const putByMenu = async (page: Page, role: string, node: string): Promise<void> => {
  await page.getByRole('button', { name: `Put ${node} onto a role` }).click();
  await page.getByRole('menuitem', { name: role, exact: true }).hover();
  await page.getByTestId(`role-${role}`).getByTestId('foreseen').waitFor();
  await page.getByRole('menuitem', { name: role, exact: true }).click();
  await bound(page, role, node).waitFor();
};
