import { expect, it } from "vitest";
import { slotsOf } from "./slots.ts";

it("lets no more work go on at once than there are slots, and serves in order", async () => {
  const slots = slotsOf(2);
  const served: string[] = [];
  const work = (name: string) => slots.take().then(() => served.push(name));
  await work("a");
  await work("b");
  const c = work("c");
  const d = work("d");
  await Promise.resolve();
  expect(served).toEqual(["a", "b"]);

  slots.give();
  await c;
  expect(served).toEqual(["a", "b", "c"]);
  slots.give();
  await d;
  expect(served).toEqual(["a", "b", "c", "d"]);
});

it("does not give a slot to who has stopped waiting, so that none is lost", async () => {
  const slots = slotsOf(1);
  await slots.take();
  const patience = new AbortController();
  const impatient = slots.take(patience.signal);
  const patient = slots.take();
  patience.abort(new Error("too long"));
  await expect(impatient).rejects.toThrow("too long");

  slots.give();
  await patient;
  slots.give();
  await slots.take();
});

it("refuses at once who has already stopped waiting", async () => {
  const slots = slotsOf(1);
  await expect(slots.take(AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  await slots.take();
});
