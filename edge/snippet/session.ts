/**
 * The session an event belongs to: the one before, or a new one after a time without events or by another campaign. Midnight does not
 * end it, nor a clock that was set back; one that was set forward does, as that cannot be told from a pause.
 *
 * @param before as it was returned for the event before; empty when there was none
 * @param campaign of the page's address, empty when it names none
 * @returns `id|time of the last event|campaign`
 */
export function nextSession(
  before: string,
  atMs: number,
  campaign: string,
  idleMs: number,
  newId: () => string,
): string {
  const [, id, lastMs, origin] = /^(\w+)\|(\d+)\|(.*)/.exec(before) || [];
  const isOver = !id || atMs - Number(lastMs) > idleMs || (campaign && campaign !== origin);
  return [isOver ? newId() : id, atMs, isOver ? campaign : origin].join("|");
}

/** What an address says of the campaign that led to it, in one order: `gclid=…&utm_source=…`. Empty when it says nothing. */
export function campaignOf(url: string): string {
  return (url.match(/\b(utm_\w+|\w*clk?id|[gw]braid)=[^&#]*/g) || []).sort().join("&");
}
