/** How often progress is told where it cannot be redrawn. */
const PLAIN_PROGRESS_MS = 5_000;
/** Columns of a terminal that does not say how many it has. */
const DEFAULT_COLUMNS = 80;
const CLEAR_LINE = "\r\u001B[2K";

const COLOURS = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
type Colour = keyof typeof COLOURS;

export interface Terminal {
  /** Write a line that stays. */
  line(text?: string): void;
  /** Show how far something is, in place of what was shown before. Where lines cannot be redrawn, a plain line every 5 s at most. */
  progress(text: string): void;
  /** Take the progress away. */
  endProgress(): void;
  /** Colour a text, where colours are shown and wanted. */
  paint(colour: Colour, text: string): string;
  /** How many characters a line may have; without end where lines are not cut. */
  columns(): number;
}

/** The part of `process.stdout` that is used. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** What people see. Colours and redrawing only on a terminal, and no colours where NO_COLOR is set (https://no-color.org). */
export function openTerminal(
  output: Output,
  environment: Record<string, string | undefined>,
  nowMs: () => number = () => performance.now(),
): Terminal {
  const isTerminal = output.isTTY === true;
  // A terminal that cannot move its cursor says so by this name.
  const canRedraw = isTerminal && environment["TERM"] !== "dumb";
  const hasColours = canRedraw && !environment["NO_COLOR"];
  const columns = () => (isTerminal ? output.columns || DEFAULT_COLUMNS : Number.POSITIVE_INFINITY);
  let shown = "";
  let toldMs = nowMs();

  return {
    line(text = "") {
      output.write(shown === "" ? `${text}\n` : `${CLEAR_LINE}${text}\n${shown}`);
    },
    progress(text) {
      if (canRedraw) {
        // The last column stays free: some terminals wrap when it is written.
        shown = cut(text, columns() - 1);
        output.write(`${CLEAR_LINE}${shown}`);
      } else if (nowMs() - toldMs >= PLAIN_PROGRESS_MS) {
        toldMs = nowMs();
        output.write(`${text}\n`);
      }
    },
    endProgress() {
      if (shown !== "") output.write(CLEAR_LINE);
      shown = "";
      toldMs = nowMs();
    },
    paint: (colour, text) => (hasColours ? `\u001B[${COLOURS[colour]}m${text}\u001B[0m` : text),
    columns,
  };
}

/** A text in at most `width` characters, its end replaced by … where there are more. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  return `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** A text from elsewhere as one line that cannot steer a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
}
