/** A shelf of the shop. */
export interface Category {
  /** In its address. */
  slug: string;
  name: string;
  /** One short line below its name. */
  line: string;
}

/** The last takes what no other wants. */
const SHELVES: readonly (Category & { words: RegExp })[] = [
  {
    slug: "christmas",
    name: "Christmas",
    line: "Paper chains, wooden stars and everything for the tree.",
    words: /christmas|santa|nativity|reindeer|sleigh|jingle|angel|cracker|stocking|holly|wreath|silver (bells|stars)/,
  },
  {
    slug: "warm",
    name: "Keep warm",
    line: "Hot water bottles, hand warmers and cushions.",
    words: /hot water bottle|hottie|hand warmer|cushion|foot stool/,
  },
  {
    slug: "bags",
    name: "Bags",
    line: "For lunch, for shopping, for nearly anything.",
    words: /\bbag\b|shopper|backpack|wallet/,
  },
  {
    slug: "lights",
    name: "Lights",
    line: "Small lights for dark afternoons.",
    words: /light|candle|lantern/,
  },
  {
    slug: "play",
    name: "Toys and games",
    line: "Old games for new rainy days.",
    words:
      /harmonica|domino|playing cards|snap cards|game|\bdoll\b|toy|skittles|spinning top|glider|skipping|naughts|knitting nancy|mice/,
  },
  {
    slug: "kitchen",
    name: "Kitchen",
    line: "Tins, cake cases and a cakestand for the good room.",
    words:
      /cake|baking|\btins\b|biscuit|jars?|jelly|tea ?cup|tea set|cookie|spice|scales|apron|recipe|jam|milk bottle|lunch box|snack box|bowls|popcorn|napkin/,
  },
  {
    slug: "paper",
    name: "Paper and craft",
    line: "Ribbons, tags and things to make others with.",
    words:
      /ribbon|wrap|gift tag|note(book|pad)|pencil|sewing|stamp|magnet|shopping list|felt ?craft|card\b|stationery|ruler/,
  },
  {
    slug: "home",
    name: "Home",
    line: "Clocks, frames and signs with opinions.",
    words: /frame|sign\b|wall art|clock|cabinet|chalkboard|black board|doormat|rack|card holder/,
  },
  {
    slug: "decorations",
    name: "Decorations",
    line: "Hearts, stars and bunting, all year round.",
    words: /heart|star|bunting|wicker|ornament|bell|garland|decoration|owls/,
  },
  { slug: "useful", name: "Useful", line: "Pegs, plasters and a pad for your knees.", words: /(?:)/ },
];

export const CATEGORIES: readonly Category[] = SHELVES.map(({ slug, name, line }) => ({ slug, name, line }));

/** The shelf a product stands on, by the words of its name: the first that wants it. */
export function categoryOf(name: string): Category {
  const words = name.toLowerCase();
  const index = SHELVES.findIndex((shelf) => shelf.words.test(words));
  return CATEGORIES[index] as Category; // the last shelf wants everything
}
