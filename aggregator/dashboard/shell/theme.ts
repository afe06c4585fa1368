import { storedChoice } from "./stored.ts";

export const theme = storedChoice("pulseecom-theme", ["system", "light", "dark"]);

/** Follows the choice from now on; `system` leaves it to the browser. */
export function followTheme(): void {
  const apply = () => {
    const chosen = theme.get();
    if (chosen === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = chosen;
  };
  theme.subscribe(apply);
  apply();
}
