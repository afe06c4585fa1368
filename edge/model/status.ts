import * as z from "zod";

/** A release by its parts. */
const Parts = {
  release: z.string().nullable().meta({ description: "Id of the release; null of the one the deployment brought." }),
  model: z.string().nullable().meta({ description: "Null when no model can score, and the rules answer alone." }),
  client_model: z.string().nullable(),
  calibration: z.string(),
};

/** What would score now. */
export const Status = z.strictObject({
  ...Parts,
  runtime: z.enum(["ort", "plain", "none"]),
  shadow: z
    .strictObject(Parts)
    .nullable()
    .meta({ description: "The release that scores beside it and decides nothing." }),
});
export type Status = z.infer<typeof Status>;
