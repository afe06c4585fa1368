/** One of each shape; never read. */
const examples: object[] = [];

/**
 * Lets V8 remember the shape of objects that live for moments. At a collection of all garbage it forgets a shape that no object has just
 * then, and throws away every function it compiled for it: of those that handle events, hundreds within seconds.
 *
 * @param example made as the others are
 */
export function keepShape(example: object): void {
  examples.push(example);
}
