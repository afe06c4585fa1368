import { expect, it } from "vitest";
import { categoryOf } from "./category.ts";
import { productName } from "./product-name.ts";

it.each([
  ["SET/5 RED RETROSPOT LID GLASS BOWLS", "Set of 5 red retrospot lid glass bowls", "Kitchen"],
  ["ROUND SNACK BOXES SET OF4 WOODLAND", "Round snack boxes set of 4 woodland", "Kitchen"],
  ["LUNCH BAG  BLACK SKULL.", "Lunch bag black skull", "Bags"],
  ["WHITE HANGING HEART T-LIGHT HOLDER", "White hanging heart T-light holder", "Lights"],
  ["HOT WATER BOTTLE I AM SO POORLY", "Hot water bottle I am so poorly", "Keep warm"],
  ["BICYCLE SAFTEY WALL ART", "Bicycle safety wall art", "Home"],
  ["GIN + TONIC DIET METAL SIGN", "Gin and tonic diet metal sign", "Home"],
  ["SET OF 6 T-LIGHTS SANTA", "Set of 6 T-lights Santa", "Christmas"],
  ["DOLLY GIRL LUNCH BOX", "Dolly girl lunch box", "Kitchen"],
  ["GARLAND, VINTAGE BELLS", "Garland, vintage bells", "Decorations"],
  ["WORLD WAR 2 GLIDERS ASSTD DESIGNS", "World war 2 gliders assorted designs", "Toys and games"],
  ["PLASTERS IN TIN SKULLS", "Plasters in tin skulls", "Useful"],
])("writes %s as “%s” and puts it on the shelf “%s”", (description, name, shelf) => {
  expect(productName(description)).toBe(name);
  expect(categoryOf(name).name).toBe(shelf);
});
