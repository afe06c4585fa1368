import * as z from "zod";

/** What `npm start` was told by its environment and its arguments. */
export interface Settings {
  edgePort: number;
  aggregatorPort: number;
  /** Folder of everything that is kept, as it was given. */
  dataDir: string;
  /** A server to use in place of the embedded Postgres. */
  databaseUrl: string | undefined;
  /** `demo-only` ends by itself when the demo has ended. */
  mode: "demo" | "no-demo" | "demo-only";
}

/** What was asked for cannot be understood; the message is for the user. */
export class BadSettings extends Error {
  override name = "BadSettings";
}

const MODES: Record<string, Settings["mode"]> = { "--no-demo": "no-demo", "--demo-only": "demo-only" };

const Port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((port) => port >= 1 && port <= 65_535);
const PostgresUrl = z.url({ protocol: /^postgres(ql)?$/ });

/** @throws BadSettings */
export function readSettings(environment: Record<string, string | undefined>, args: readonly string[]): Settings {
  // Set and empty means not set, as for `VAR= npm start`.
  const valueOf = (name: string) => environment[name] || undefined;
  const port = (name: string, fallback: string) =>
    parsed(Port, valueOf(name) ?? fallback, `${name} must be a port, 1 to 65535.`);

  const url = valueOf("DATABASE_URL");
  const settings: Settings = {
    edgePort: port("EDGE_PORT", "8787"),
    aggregatorPort: port("AGGREGATOR_PORT", "8788"),
    dataDir: valueOf("DATA_DIR") ?? ".data",
    databaseUrl: url && parsed(PostgresUrl, url, "DATABASE_URL must be like postgres://user:password@host:5432/name."),
    mode: modeOf(args),
  };
  if (settings.edgePort === settings.aggregatorPort) {
    throw new BadSettings(
      `EDGE_PORT and AGGREGATOR_PORT are both ${settings.edgePort}; set one of them to another port.`,
    );
  }
  return settings;
}

function modeOf(args: readonly string[]): Settings["mode"] {
  const [argument, another] = args;
  if (argument === undefined) return "demo";
  const mode = MODES[argument];
  if (mode === undefined || another !== undefined) {
    throw new BadSettings(
      `At most one of ${Object.keys(MODES).join(", ")} can be given, as in: npm start -- --no-demo`,
    );
  }
  return mode;
}

/** Rejected values are not quoted: one of them holds a password. */
function parsed<T>(schema: z.ZodType<T, string>, value: string, otherwise: string): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new BadSettings(otherwise);
  return result.data;
}
