/**
 * The rows of a CSV text as RFC 4180 has it: fields may be quoted, and hold commas, line ends and doubled quotes then.
 *
 * @throws Error for a quote that is never closed
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at);
    row.push(field.value);
    at = field.end;
    if (text[at] !== ",") {
      rows.push(row);
      row = [];
      if (text[at] === "\r") at += 1;
    }
    at += 1;
    // A comma that ends the text is followed by one more, empty field.
    if (at === text.length && text[at - 1] === ",") rows.push([...row, ""]);
  }
  return rows;
}

interface Field {
  value: string;
  /** Where the comma or line end after it is. */
  end: number;
}

function plainField(text: string, start: number): Field {
  let end = start;
  while (end < text.length && !",\r\n".includes(text.charAt(end))) end += 1;
  return { value: text.slice(start, end), end };
}

function quotedField(text: string, start: number): Field {
  let value = "";
  for (let from = start + 1; ;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) throw new Error("a quoted field of the CSV is never closed");
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    from = quote + 2;
  }
}

/** One row as CSV, without a line end; fields are quoted where they have to be. */
export function formatCsvRow(fields: readonly string[]): string {
  return fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");
}
