import { expect, it } from "vitest";
import { readSlice } from "../../retail-slice.ts";
import { catalogueOf } from "../catalogue.ts";
import { tileOf } from "./tile.ts";

const { products } = catalogueOf(readSlice());
const tiles = products.map((product) => ({ product, svg: tileOf(product) }));

it("draws the same picture for the same product, so that browsers may keep it", () => {
  for (const { product, svg } of tiles) expect(tileOf({ ...product })).toBe(svg);
});

it("draws pictures that are whole, small, and hold nothing but shapes", () => {
  for (const { product, svg } of tiles) {
    expect(svg, product.name).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 160 160".*<\/svg>$/);
    expect(svg.length).toBeLessThan(2_500);
    expect(svg).not.toMatch(/undefined|null|NaN|<script|<style|href|"(paint|body|trim|light|dark)"/);
    const opened = svg.match(/<(svg|g|defs|pattern)\b/g)?.length;
    expect(svg.match(/<\/(svg|g|defs|pattern)>/g)).toHaveLength(opened ?? -1);
  }
});

it("draws most products unlike the others, and things of one kind alike", () => {
  expect(new Set(tiles.map(({ svg }) => svg)).size).toBeGreaterThan(150);
  const [red, pink] = ["Jumbo bag red retrospot", "Jumbo bag pink polkadot"].map((name) => tileOf({ id: "1", name }));
  expect(red).not.toBe(pink);
  expect(red?.replaceAll(/#[0-9a-f]{6}/g, "")).toBe(pink?.replaceAll(/#[0-9a-f]{6}/g, ""));
});
