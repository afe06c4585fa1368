import { hashText } from "../../../shared/hash.ts";
import type { Product } from "../catalogue.ts";
import { coloursFor } from "./colours.ts";
import { drawingFor } from "./motifs.ts";
import { patternFor } from "./patterns.ts";

/** A picture of a product as SVG, drawn from its name and nothing else: the same name is the same picture. Square, of any size. */
export function tileOf({ id, name }: Pick<Product, "id" | "name">): string {
  const seed = hashText(id);
  const colours = coloursFor(name, seed);
  const pattern = patternFor(name, colours);
  const paint = pattern === null ? colours.body : "url(#p)";
  const drawing = drawingFor(name)
    .replaceAll(/"(paint)"/g, `"${paint}"`)
    .replaceAll(/"(body|trim|light|dark)"/g, (_, role: "body" | "trim" | "light" | "dark") => `"${colours[role]}"`)
    .replaceAll(/\n\s*/g, "");
  // A little to either side, so that a shelf of the same things does not look stamped.
  const tilt = (seed % 7) - 3;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 160" width="160" height="160">`,
    pattern &&
      `<defs><pattern id="p" width="${pattern.size}" height="${pattern.size}" patternUnits="userSpaceOnUse">${pattern.print}</pattern></defs>`,
    `<path d="M0 0h160v160H0z" fill="${colours.ground}"/><ellipse cx="80" cy="137" rx="52" ry="6" fill="${colours.dark}" fill-opacity=".12"/>`,
    `<g transform="rotate(${tilt} 80 88)">${drawing}</g></svg>`,
  ].join("");
}
