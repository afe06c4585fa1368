import * as z from "zod";

/** What `npm start` was told by its environment and its arguments. */
export interface Settings {
  edgePort: number;
  aggregatorPort: number;
  /** Undefined when nobody chose one: then it is {@link USUAL_SHOP_PORT}, or any other where that is taken. */
  shopPort: number | undefined;
  /** Folder of everything that is kept, as it was given. */
  dataDir: string;
  /** A server to use in place of the embedded Postgres. */
  databaseUrl: string | undefined;
  /** `demo-only` ends by itself when the demo has ended. */
  mode: "demo" | "no-demo" | "demo-only";
}

export const USUAL_SHOP_PORT = 8789;

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
  const port = (name: string) => {
    const text = valueOf(name);
    return text === undefined ? undefined : parsed(Port, text, `${name} must be a port, 1 to 65535.`);
  };

  const url = valueOf("DATABASE_URL");
  const settings: Settings = {
    edgePort: port("EDGE_PORT") ?? 8787,
    aggregatorPort: port("AGGREGATOR_PORT") ?? 8788,
    shopPort: port("SHOP_PORT"),
    dataDir: valueOf("DATA_DIR") ?? ".data",
    databaseUrl: url && parsed(PostgresUrl, url, "DATABASE_URL must be like postgres://user:password@host:5432/name."),
    mode: modeOf(args),
  };
  const { edgePort, aggregatorPort, shopPort } = settings;
  requireDifferent({ EDGE_PORT: edgePort, AGGREGATOR_PORT: aggregatorPort, SHOP_PORT: shopPort });
  return settings;
}

function requireDifferent(ports: Record<string, number | undefined>): void {
  const names = new Map<number, string>();
  for (const [name, port] of Object.entries(ports)) {
    if (port === undefined) continue;
    const other = names.get(port);
    if (other !== undefined)
      throw new BadSettings(`${other} and ${name} are both ${port}; set one of them to another port.`);
    names.set(port, name);
  }
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
