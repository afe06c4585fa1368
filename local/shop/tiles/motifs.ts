/**
 * What products look like, by a word of their name: the first that matches. Each is drawn on 160 × 160 in five colours: `paint` is the
 * product's own, with its pattern; `body` the same without; `trim` goes with it; `light` and `dark` are for details.
 */
const DRAWINGS: readonly [words: RegExp, drawing: string][] = [
  [
    /backpack/,
    `<path d="M62 44v-6a18 18 0 0 1 36 0v6" fill="none" stroke="dark" stroke-width="6"/>
    <rect x="44" y="40" width="72" height="92" rx="26" fill="paint"/>
    <path d="M44 84h72v30a18 18 0 0 1-18 18H62a18 18 0 0 1-18-18z" fill="trim"/>
    <rect x="66" y="92" width="28" height="6" rx="3" fill="dark"/>`,
  ],
  [
    /lunch bag/,
    `<path d="M64 52v-8a16 16 0 0 1 32 0v8" fill="none" stroke="trim" stroke-width="7"/>
    <path d="M42 54h76l6 74a5 5 0 0 1-5 5H41a5 5 0 0 1-5-5z" fill="paint"/>
    <path d="M42 54h76l1.6 18H40.4z" fill="trim"/><circle cx="80" cy="72" r="5" fill="light"/>`,
  ],
  [
    /charlotte bag|gift bag|sack/,
    `<path d="M56 58C40 76 34 100 40 122q2 10 12 10h56q10 0 12-10c6-22 0-46-16-64z" fill="paint"/>
    <path d="M50 40q15 12 30 6t30-6l-8 20H58z" fill="body"/><path d="M54 58h52" stroke="trim" stroke-width="7" stroke-linecap="round"/>
    <path d="M80 60q-14 10-18 22m18-22q14 10 18 22" fill="none" stroke="trim" stroke-width="4" stroke-linecap="round"/>`,
  ],
  [
    /\bbag\b|shopper/,
    `<path d="M58 62V46a22 22 0 0 1 44 0v16" fill="none" stroke="trim" stroke-width="7" stroke-linecap="round"/>
    <path d="M34 58h92l6 68a6 6 0 0 1-6 7H34a6 6 0 0 1-6-7z" fill="paint"/>
    <path d="M34 58h92l.9 10H33.1z" fill="trim"/>`,
  ],
  [
    /wallet|purse/,
    `<rect x="34" y="52" width="92" height="66" rx="8" fill="paint"/><path d="M34 66a14 14 0 0 1 14-14h64a14 14 0 0 1 14 14z" fill="trim"/>
    <circle cx="80" cy="66" r="6" fill="light"/>`,
  ],
  [
    /bottle perfume|apothecary|hot water bottle|hottie/,
    `<rect x="68" y="26" width="24" height="20" rx="5" fill="trim"/>
    <path d="M66 44h28v8q24 4 24 26v38q0 18-18 18H60q-18 0-18-18V78q0-22 24-26z" fill="paint"/>
    <path d="M64 52h32" stroke="trim" stroke-width="8" stroke-linecap="round"/>
    <path d="M80 112c-14-9-20-16-20-23a9 9 0 0 1 20-5 9 9 0 0 1 20 5c0 7-6 14-20 23z" fill="light"/>`,
  ],
  [
    /hand warmer/,
    `<path d="M50 66V52a17 17 0 0 1 34 0v10q6-14 18-9t8 20l-8 34v21H54V96z" fill="paint"/>
    <rect x="50" y="112" width="56" height="22" rx="8" fill="trim"/><path d="M60 118v10m10-10v10m10-10v10m10-10v10m8-10v10" stroke="light" stroke-width="3" stroke-linecap="round"/>`,
  ],
  [
    /alarm clock/,
    `<path d="m48 122-8 12m72-12 8 12" stroke="dark" stroke-width="7" stroke-linecap="round"/>
    <circle cx="54" cy="42" r="14" fill="trim"/><circle cx="106" cy="42" r="14" fill="trim"/><rect x="76" y="24" width="8" height="14" rx="3" fill="dark"/>
    <circle cx="80" cy="84" r="46" fill="paint"/><circle cx="80" cy="84" r="34" fill="light"/>
    <path d="M80 58v4m0 44v4m26-26h-4m-44 0h-4" stroke="dark" stroke-width="4" stroke-linecap="round"/>
    <path d="M80 84V66m0 18 13 8" stroke="dark" stroke-width="5" stroke-linecap="round"/><circle cx="80" cy="84" r="4" fill="dark"/>`,
  ],
  [
    /cakestand/,
    `<path d="M80 24v100" stroke="dark" stroke-width="5"/><circle cx="80" cy="24" r="7" fill="none" stroke="dark" stroke-width="4"/>
    <path d="M56 52h48l-6 9H62z" fill="paint"/><path d="M44 86h72l-8 10H52z" fill="paint"/><path d="M30 122h100l-10 11H40z" fill="paint"/>
    <path d="M62 52a7 9 0 0 1 14 0zm22 0a7 9 0 0 1 14 0z" fill="trim"/><path d="M50 86a9 11 0 0 1 18 0zm21 0a9 11 0 0 1 18 0zm21 0a9 11 0 0 1 18 0z" fill="trim"/>
    <path d="M40 122a10 13 0 0 1 20 0zm23 0a10 13 0 0 1 20 0zm37 0a10 13 0 0 1 20 0z" fill="light"/>`,
  ],
  [
    /gingerbread|cookie cutter/,
    `<path d="M80 26a19 19 0 0 1 14 32q26 0 30 10t-6 15l-18 4v10l16 26q2 10-8 12t-12-6l-16-22-16 22q-2 8-12 6t-8-12l16-26V87l-18-4q-10-5-6-15t30-10a19 19 0 0 1 14-32z" fill="paint" stroke="trim" stroke-width="5" stroke-linejoin="round"/>
    <circle cx="73" cy="42" r="2.5" fill="dark"/><circle cx="87" cy="42" r="2.5" fill="dark"/><path d="M73 50q7 6 14 0" fill="none" stroke="dark" stroke-width="2.5" stroke-linecap="round"/>
    <circle cx="80" cy="74" r="4" fill="trim"/><circle cx="80" cy="90" r="4" fill="trim"/>`,
  ],
  [
    /cake case|baking|cake decoration|fairy cake|utensil/,
    `<path d="M44 78a36 40 0 0 1 72 0z" fill="light"/><circle cx="80" cy="36" r="9" fill="trim"/>
    <path d="M44 78q-8-16 8-24 2-18 28-20 26 2 28 20 16 8 8 24z" fill="light"/>
    <path d="M58 56l5 6m14-14 4 7m18-1-4 7m-30 4 7 3m18-5 6 4" stroke="trim" stroke-width="4" stroke-linecap="round"/>
    <path d="M38 78h84l-10 50a6 6 0 0 1-6 5H54a6 6 0 0 1-6-5z" fill="paint"/>
    <path d="m56 80 5 51m12-51 2 51m14-51-2 51m18-51-5 51" stroke="dark" stroke-opacity=".2" stroke-width="3"/>`,
  ],
  [
    /plasters/,
    `<rect x="36" y="44" width="88" height="84" rx="10" fill="paint"/><rect x="36" y="44" width="88" height="20" rx="8" fill="trim"/>
    <g transform="rotate(-32 80 98)"><rect x="44" y="86" width="72" height="24" rx="12" fill="light"/><rect x="68" y="86" width="24" height="24" fill="trim"/></g>`,
  ],
  [
    /biscuit tin|tins\b/,
    `<path d="M38 62h84v58q0 13-42 13t-42-13z" fill="paint"/><ellipse cx="80" cy="62" rx="42" ry="12" fill="trim"/>
    <path d="M36 48h88v14q0 12-44 12T36 62z" fill="trim"/><ellipse cx="80" cy="48" rx="44" ry="12" fill="body"/><circle cx="80" cy="46" r="6" fill="light"/>`,
  ],
  [
    /tea ?cup|tea set|popcorn|bowls|jelly/,
    `<path d="M112 66h8a18 18 0 0 1 0 36h-12" fill="none" stroke="trim" stroke-width="8"/>
    <path d="M38 58h78v22c0 26-16 40-39 40S38 106 38 80z" fill="paint"/><path d="M38 58h78v9H38z" fill="trim"/>
    <path d="M28 122h98q-4 11-18 11H46q-14 0-18-11z" fill="light"/>
    <path d="M64 46q-6-8 0-14t0-12m24 26q-6-8 0-14t0-12" fill="none" stroke="light" stroke-width="5" stroke-linecap="round"/>`,
  ],
  [
    /\bjars?\b|jam|milk bottle/,
    `<path d="M52 48h56q14 10 14 26v44q0 15-15 15H53q-15 0-15-15V74q0-16 14-26z" fill="light"/>
    <path d="M40 78h80v40q0 13-13 13H53q-13 0-13-13z" fill="paint"/><rect x="46" y="30" width="68" height="20" rx="6" fill="trim"/>
    <rect x="56" y="88" width="48" height="28" rx="4" fill="light"/><path d="M64 98h32m-32 8h20" stroke="dark" stroke-width="3" stroke-linecap="round"/>`,
  ],
  [
    /scales/,
    `<path d="M40 44h80l-10 18H50z" fill="light"/><rect x="74" y="60" width="12" height="10" fill="dark"/>
    <path d="M48 68h64l12 60q1 5-5 5H41q-6 0-5-5z" fill="paint"/><circle cx="80" cy="100" r="23" fill="light"/>
    <path d="M80 82v4m18 14h-4m-28 0h-4" stroke="dark" stroke-width="3" stroke-linecap="round"/><path d="m80 100 9-12" stroke="trim" stroke-width="4" stroke-linecap="round"/>`,
  ],
  [
    /apron/,
    `<path d="M62 40q18 26 36 0" fill="none" stroke="trim" stroke-width="6"/><path d="M58 42h44l4 30q14 4 18 10v46q0 5-5 5H41q-5 0-5-5V82q4-6 18-10z" fill="paint"/>
    <path d="M62 96h36v18q0 8-8 8H70q-8 0-8-8z" fill="trim"/>`,
  ],
  [
    /napkin|tissue/,
    `<path d="M80 30 132 82 80 134 28 82z" fill="paint"/><path d="M80 30 132 82H28z" fill="trim" fill-opacity=".55"/><path d="M80 52 110 82 80 112 50 82z" fill="light" fill-opacity=".7"/>`,
  ],
  [
    /lunch box|snack box|trinket box|sewing|music box/,
    `<path d="M62 56V46a10 10 0 0 1 10-10h16a10 10 0 0 1 10 10v10" fill="none" stroke="dark" stroke-width="7"/>
    <rect x="30" y="54" width="100" height="78" rx="12" fill="paint"/><path d="M30 84V66a12 12 0 0 1 12-12h76a12 12 0 0 1 12 12v18z" fill="trim"/>
    <rect x="70" y="76" width="20" height="16" rx="4" fill="light"/>`,
  ],
  [
    /kneeling pad|doormat/,
    `<path d="M26 60h108l-10 66H36z" fill="paint"/><path d="M38 70h84l-7 46H45z" fill="none" stroke="light" stroke-width="4"/>
    <path d="M56 86h48M60 100h40" stroke="light" stroke-width="7" stroke-linecap="round"/>`,
  ],
  [
    /cushion|foot stool/,
    `<path d="M34 44q46 14 92 0 -12 40 0 80-46-12-92 0 12-40 0-80z" fill="paint"/>
    <path d="M80 104c-16-10-23-18-23-26a10 10 0 0 1 23-5 10 10 0 0 1 23 5c0 8-7 16-23 26z" fill="trim"/>`,
  ],
  [
    /drawer|cabinet/,
    `<rect x="36" y="32" width="88" height="96" rx="6" fill="body"/><path d="M44 128v8m72-8v8" stroke="dark" stroke-width="7" stroke-linecap="round"/>
    <rect x="44" y="40" width="72" height="24" rx="3" fill="light"/><rect x="44" y="68" width="72" height="24" rx="3" fill="light"/><rect x="44" y="96" width="72" height="24" rx="3" fill="light"/>
    <circle cx="80" cy="52" r="4" fill="dark"/><circle cx="80" cy="80" r="4" fill="dark"/><circle cx="80" cy="108" r="4" fill="dark"/>`,
  ],
  [
    /\brack\b/,
    `<rect x="26" y="52" width="108" height="26" rx="6" fill="body"/><path d="M44 66v22a9 9 0 0 0 18 0M80 66v22a9 9 0 0 0 18 0M112 66v22a7 7 0 0 0 14 0" fill="none" stroke="dark" stroke-width="5" stroke-linecap="round"/>
    <circle cx="44" cy="64" r="9" fill="trim"/><circle cx="80" cy="64" r="9" fill="paint"/><circle cx="112" cy="64" r="9" fill="light"/>`,
  ],
  [
    /chalkboard|black board|slate/,
    `<path d="M62 44 80 24l18 20" fill="none" stroke="trim" stroke-width="4"/><rect x="32" y="42" width="96" height="88" rx="6" fill="trim"/><rect x="41" y="51" width="78" height="70" rx="3" fill="dark"/>
    <path d="M80 104c-15-9-21-16-21-24a9 9 0 0 1 21-5 9 9 0 0 1 21 5c0 8-6 15-21 24z" fill="none" stroke="light" stroke-width="3"/>`,
  ],
  [
    /\bsign\b/,
    `<path d="M56 52 80 28l24 24" fill="none" stroke="dark" stroke-width="4"/><rect x="28" y="50" width="104" height="74" rx="8" fill="paint"/>
    <rect x="36" y="58" width="88" height="58" rx="4" fill="light"/><path d="M52 76h56M60 88h40M52 100h56" stroke="body" stroke-width="6" stroke-linecap="round"/>`,
  ],
  [
    /frame|wall art|photo/,
    `<rect x="34" y="28" width="92" height="106" rx="4" fill="body"/><rect x="44" y="38" width="72" height="86" fill="light"/>
    <path d="M44 108q16-26 34-8 14-30 38-14v38H44z" fill="trim"/><circle cx="66" cy="64" r="9" fill="paint"/>`,
  ],
  [
    /playing cards|snap|card\b|recipe/,
    `<g transform="rotate(-14 80 84)"><rect x="38" y="36" width="62" height="90" rx="8" fill="trim"/></g>
    <g transform="rotate(8 80 84)"><rect x="56" y="38" width="64" height="92" rx="8" fill="light"/><rect x="63" y="45" width="50" height="78" rx="4" fill="paint"/>
    <path d="M88 100c-11-7-15-12-15-18a6.5 6.5 0 0 1 15-3 6.5 6.5 0 0 1 15 3c0 6-4 11-15 18z" fill="light"/></g>`,
  ],
  [
    /note(book|pad)|shopping list|stationery/,
    `<rect x="42" y="32" width="80" height="102" rx="7" fill="light"/><rect x="38" y="28" width="80" height="102" rx="7" fill="paint"/>
    <rect x="52" y="52" width="52" height="30" rx="4" fill="light"/><path d="M60 62h36m-36 9h22" stroke="dark" stroke-width="3" stroke-linecap="round"/><path d="M104 28v102" stroke="trim" stroke-width="6"/>`,
  ],
  [
    /gift tag/,
    `<path d="M80 24q-24 10-14 34" fill="none" stroke="dark" stroke-width="3"/>
    <path d="M56 54h20l50 50a7 7 0 0 1 0 10l-20 20a7 7 0 0 1-10 0L46 84V64a10 10 0 0 1 10-10z" fill="paint"/><circle cx="62" cy="70" r="7" fill="light"/>
    <path d="m84 96 16 16m-26-6 12 12" stroke="light" stroke-width="5" stroke-linecap="round"/>`,
  ],
  [
    /ribbon/,
    `<path d="M74 86 50 132l16-4 6 12 16-44zm12 0 24 46-16-4-6 12-16-44z" fill="body"/>
    <path d="M80 78Q52 40 34 56t10 40q20 6 36-18zm0 0q28-38 46-22t-10 40q-20 6-36-18z" fill="paint"/><circle cx="80" cy="80" r="12" fill="trim"/>`,
  ],
  [
    /wrap|ruler|gliders/,
    `<g transform="rotate(-38 80 84)"><rect x="22" y="52" width="112" height="26" rx="4" fill="paint"/><ellipse cx="134" cy="65" rx="7" ry="13" fill="light"/>
    <rect x="30" y="86" width="112" height="26" rx="4" fill="trim"/><ellipse cx="142" cy="99" rx="7" ry="13" fill="light"/><rect x="66" y="52" width="9" height="26" fill="light"/></g>`,
  ],
  [
    /pencil/,
    `<g transform="rotate(18 80 84)"><path d="M40 60l9-24 9 24v74H40z" fill="body"/><path d="M40 60l9-24 9 24z" fill="light"/></g>
    <path d="M71 56l9-24 9 24v78H71z" fill="trim"/><path d="M71 56l9-24 9 24z" fill="light"/>
    <g transform="rotate(-18 80 84)"><path d="M102 60l9-24 9 24v74h-18z" fill="dark"/><path d="M102 60l9-24 9 24z" fill="light"/></g>`,
  ],
  [
    /peg/,
    `<path d="M20 56q60 22 120 0" fill="none" stroke="dark" stroke-width="3"/>
    <path d="M44 46h18v76q-9 12-18 0zm28 4h18v76q-9 12-18 0zm28-4h18v76q-9 12-18 0z" fill="paint"/><path d="M53 84v40m28-36v40m28-44v40" stroke="light" stroke-width="4"/>`,
  ],
  [
    /harmonica/,
    `<rect x="24" y="58" width="112" height="48" rx="12" fill="paint"/><rect x="34" y="70" width="92" height="24" rx="4" fill="dark"/>
    <path d="M46 70v24m14-24v24m14-24v24m14-24v24m14-24v24m14-24v24" stroke="light" stroke-width="5"/>`,
  ],
  [
    /domino|naughts|pick up|nancy|catch cup|stamp|building block/,
    `<g transform="rotate(-12 80 84)"><rect x="30" y="40" width="44" height="84" rx="8" fill="dark"/><path d="M36 82h32" stroke="light" stroke-width="3"/>
    <circle cx="52" cy="60" r="5" fill="light"/><circle cx="42" cy="96" r="5" fill="light"/><circle cx="62" cy="110" r="5" fill="light"/></g>
    <g transform="rotate(10 80 84)"><rect x="84" y="42" width="44" height="84" rx="8" fill="paint"/><path d="M90 84h32" stroke="light" stroke-width="3"/>
    <circle cx="96" cy="56" r="5" fill="light"/><circle cx="116" cy="70" r="5" fill="light"/><circle cx="106" cy="106" r="5" fill="light"/></g>`,
  ],
  [
    /doll\b|little friends|fairy|angel|soldier|santa|mice|nativity/,
    `<path d="M80 70 116 134H44z" fill="paint"/><circle cx="80" cy="52" r="21" fill="light"/><path d="M59 50a21 21 0 0 1 42 0q-21-10-42 0z" fill="trim"/>
    <circle cx="73" cy="56" r="2.5" fill="dark"/><circle cx="87" cy="56" r="2.5" fill="dark"/><path d="M75 63q5 4 10 0" fill="none" stroke="dark" stroke-width="2.5" stroke-linecap="round"/>
    <path d="M62 96q-16-14-26 0t20 12zm36 0q16-14 26 0t-20 12z" fill="trim"/>`,
  ],
  [
    /owl|bird|rabbit/,
    `<path d="M46 62q0-30 34-30t34 30v34q0 34-34 34T46 96z" fill="paint"/><path d="m48 48-4-20 20 10zm64 0 4-20-20 10z" fill="body"/>
    <circle cx="66" cy="64" r="14" fill="light"/><circle cx="94" cy="64" r="14" fill="light"/><circle cx="66" cy="64" r="6" fill="dark"/><circle cx="94" cy="64" r="6" fill="dark"/>
    <path d="m80 70 7 10H73z" fill="trim"/><path d="M64 100q8 8 16 0t16 0m-24 14q8 8 16 0" fill="none" stroke="light" stroke-width="4" stroke-linecap="round"/>`,
  ],
  [
    /paper chain/,
    `<g fill="none" stroke-width="9"><circle cx="38" cy="62" r="19" stroke="body"/><circle cx="62" cy="84" r="19" stroke="trim"/><circle cx="92" cy="92" r="19" stroke="light"/><circle cx="120" cy="76" r="19" stroke="body"/></g>`,
  ],
  [
    /cracker/,
    `<g transform="rotate(-22 80 84)"><path d="M20 62l26 14v18L20 108l6-23zm120 0-26 14v18l26 14-6-23z" fill="trim"/><rect x="44" y="66" width="72" height="38" rx="8" fill="paint"/>
    <path d="M56 66v38m48-38v38" stroke="light" stroke-width="5"/></g>`,
  ],
  [
    /stocking/,
    `<path d="M60 34h44v56q0 10 8 14 16 8 8 20-6 10-22 10H78q-18 0-18-20z" fill="paint"/><rect x="54" y="28" width="56" height="20" rx="8" fill="light"/>
    <path d="M60 116q2 18 18 18h10q-2-20-28-18z" fill="trim"/>`,
  ],
  [
    /sleigh|bell/,
    `<path d="M80 30q30 4 32 44 0 24 12 34H36q12-10 12-34 2-40 32-44z" fill="paint"/><circle cx="80" cy="120" r="12" fill="dark"/>
    <path d="M34 104h92" stroke="trim" stroke-width="9" stroke-linecap="round"/><path d="M80 30Q60 10 56 26t24 4zm0 0q20-20 24-4t-24 4z" fill="trim"/>`,
  ],
  [
    /wreath/,
    `<circle cx="80" cy="86" r="36" fill="none" stroke="paint" stroke-width="20"/><circle cx="52" cy="64" r="5" fill="trim"/><circle cx="110" cy="70" r="5" fill="trim"/><circle cx="60" cy="114" r="5" fill="trim"/><circle cx="104" cy="112" r="5" fill="trim"/>
    <path d="M80 50Q60 30 54 44t26 6zm0 0q20-20 26-6t-26 6z" fill="trim"/>`,
  ],
  [
    /bunting|garland/,
    `<path d="M16 48q64 36 128 0" fill="none" stroke="dark" stroke-width="4"/><path d="m24 53 26 11-18 36z" fill="paint"/><path d="m56 65 30 1-16 40z" fill="trim"/><path d="m92 66 28-8-10 40z" fill="paint"/>
    <path d="M30 108q50 30 100 0" fill="none" stroke="dark" stroke-width="3"/><path d="m44 115 22 6-14 24z" fill="light"/><path d="m74 122 22-1-12 25z" fill="body"/><path d="m102 119 20-7-6 26z" fill="light"/>`,
  ],
  [
    /led tea light|candle|t-light/,
    `<path d="M80 26q16 20 0 32-16-12 0-32z" fill="trim"/><path d="M80 38q7 10 0 17-7-7 0-17z" fill="light"/><path d="M80 56v10" stroke="dark" stroke-width="4"/>
    <path d="M44 68h72l-8 58q-1 7-8 7H60q-7 0-8-7z" fill="paint"/><ellipse cx="80" cy="68" rx="36" ry="8" fill="light"/>`,
  ],
  [
    /lantern|light/,
    `<path d="M20 40q60 34 120 0" fill="none" stroke="dark" stroke-width="4"/>
    <path d="M38 48v10m42-2v12m42-20v10" stroke="dark" stroke-width="6"/><path d="M38 58q15 18 0 36-15-18 0-36z" fill="paint"/><path d="M80 68q18 22 0 46-18-24 0-46z" fill="trim"/><path d="M122 58q15 18 0 36-15-18 0-36z" fill="paint"/>`,
  ],
  [
    /tree/,
    `<rect x="73" y="116" width="14" height="18" fill="dark"/><path d="M80 28 104 64H94l20 28H102l22 28H36l22-28H46l20-28H56z" fill="paint"/><circle cx="80" cy="27" r="7" fill="trim"/>
    <circle cx="72" cy="76" r="4.5" fill="light"/><circle cx="92" cy="98" r="4.5" fill="light"/><circle cx="64" cy="108" r="4.5" fill="light"/>`,
  ],
  [
    /star/,
    `<path d="M80 24v14" stroke="dark" stroke-width="3"/><path d="m80 34 15 32 35 4-26 24 7 36-31-18-31 18 7-36-26-24 35-4z" fill="paint" stroke="body" stroke-width="6" stroke-linejoin="round"/>
    <path d="m80 62 7 15 16 2-12 11 3 16-14-8-14 8 3-16-12-11 16-2z" fill="light"/>`,
  ],
  [
    /heart/,
    `<path d="M80 20v28" stroke="dark" stroke-width="3"/><path d="M80 134C44 108 30 90 30 70a26 26 0 0 1 50-12 26 26 0 0 1 50 12c0 20-14 38-50 64z" fill="paint"/>
    <path d="M46 70a12 12 0 0 1 14-12" fill="none" stroke="light" stroke-width="5" stroke-linecap="round"/>`,
  ],
  [
    /(?:)/,
    `<rect x="34" y="66" width="92" height="66" rx="5" fill="paint"/><rect x="28" y="52" width="104" height="24" rx="5" fill="body"/><path d="M74 52h12v80H74z" fill="trim"/>
    <path d="M80 52Q54 22 46 38t34 14zm0 0q26-30 34-14t-34 14z" fill="trim"/>`,
  ],
];

/** The drawing for a product of this name. */
export function drawingFor(name: string): string {
  const words = name.toLowerCase();
  return DRAWINGS.find(([wanted]) => wanted.test(words))?.[1] ?? "";
}
