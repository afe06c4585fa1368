/** Drawn on 16 by 16, in the colour of the text beside. */
const PATHS = {
  overview: "M2 9h3l2-5 3 8 2-4h2",
  anomalies: "M8 2.500 14.500 13.500H1.500ZM8 6.500v3M8 11.400v.1",
  explore: "M2 13.500V3M2 13.500h12M5 10.500l3-3.500 2 2 3.500-4.500",
  insights:
    "M6 12.500h4M6.500 14.500h3M8 1.500a4.500 4.500 0 0 0-2.500 8.200V10.500h5V9.700A4.500 4.500 0 0 0 8 1.500Z",
  quality: "M2.500 8.500l3.500 3.500L13.500 4",
  alerts: "M4 7a4 4 0 0 1 8 0c0 3 1.500 4 1.500 4h-11S4 10 4 7ZM6.500 13.500a1.600 1.600 0 0 0 3 0",
  models: "M8 1.800 14 5v6L8 14.200 2 11V5ZM2 5l6 3.200L14 5M8 8.200v6",
  failed: "M8 14.500a6.500 6.500 0 1 1 0-13 6.500 6.500 0 0 1 0 13ZM5.700 5.700l4.600 4.600M10.300 5.700l-4.600 4.600",
  keys: "M9.500 6.500a3.500 3.500 0 1 1-7 0 3.500 3.500 0 0 1 7 0ZM8.700 8.700 13.500 13.500M11.300 11.300l1.700-1.700",
  incident: "M8 1.500v5M8 9.500v.1M3 14.500h10L11 4.500H5Z",
  menu: "M2 4h12M2 8h12M2 12h12",
  close: "M3.500 3.500l9 9M12.500 3.500l-9 9",
  check: "M3 8.500l3.500 3.500L13 4.500",
  dismiss: "M8 14.200A6.200 6.200 0 1 1 8 1.800a6.200 6.200 0 0 1 0 12.400ZM3.800 3.800l8.400 8.400",
  undo: "M3 6.500h6.500a3.500 3.500 0 0 1 0 7H6M3 6.500l3-3M3 6.500l3 3",
  down: "M4 6l4 4 4-4",
  up: "M4 10l4-4 4 4",
  left: "M10 4 6 8l4 4",
  right: "M6 4l4 4-4 4",
  sun: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM8 1.500V3M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1 1M11.600 11.600l1 1M12.600 3.400l-1 1M4.400 11.600l-1 1",
  moon: "M13.500 9.800A6 6 0 0 1 6.200 2.500a6 6 0 1 0 7.300 7.300Z",
  screen: "M2 3h12v8.500H2ZM6 14h4M8 11.500V14",
  user: "M8 8.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.500 14a5.500 5.500 0 0 1 11 0",
  out: "M6 14H2.500V2H6M10.500 11.500 14 8l-3.500-3.500M14 8H6",
  download: "M8 2v8.500M4.500 7 8 10.500 11.500 7M2.500 13.500h11",
  filter: "M2 3.500h12M4.500 8h7M6.500 12.500h3",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.700 10.700 14 14",
  table: "M2 3h12v10H2ZM2 6.500h12M2 10h12M6.500 3v10",
  chart: "M2 13.500h12M4 13.500V9M8 13.500V4M12 13.500V7",
  copy: "M5.500 5.500h8v8h-8ZM10.500 5.500v-3h-8v8h3",
  clock: "M8 14.200A6.200 6.200 0 1 1 8 1.800a6.200 6.200 0 0 1 0 12.400ZM8 4.500V8l2.500 1.500",
  card: "M1.500 3.500h13v9h-13ZM1.500 6.500h13M4 10h3",
  pin: "M8 14.500s5-4.300 5-8a5 5 0 0 0-10 0c0 3.700 5 8 5 8ZM8 8.200a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600Z",
  link: "M6.500 9.500l3-3M7 4.500l1.500-1.500a3 3 0 0 1 4.500 4L11.500 8.500M9 11.500 7.500 13a3 3 0 0 1-4.500-4L4.500 7.500",
  plus: "M8 3v10M3 8h10",
  more: "M3.500 8h.1M8 8h.1M12.500 8h.1",
  refresh: "M13.500 8a5.500 5.500 0 1 1-1.700-4M13.500 1.500V4.500h-3",
  info: "M8 14.200A6.200 6.200 0 1 1 8 1.800a6.200 6.200 0 0 1 0 12.400ZM8 7.500v3.500M8 5v.1",
  trash: "M2.500 4h11M6 4V2.500h4V4M4 4l.700 9.500h6.600L12 4",
  play: "M4.500 3v10l8-5Z",
  pause: "M5 3v10M11 3v10",
  keyboard: "M1.500 4h13v8.500h-13ZM4 6.700h.1M6.700 6.700h.1M9.400 6.700h.1M12 6.700h.1M5 10h6",
} as const;

export type IconName = keyof typeof PATHS;

/** Never says anything by itself: what it stands for is written beside it or on the button around it. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        stroke="currentColor"
        strokeWidth={name === "more" ? 2 : 1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
