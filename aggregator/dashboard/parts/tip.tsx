import { Tooltip } from "@base-ui/react/tooltip";
import type { ReactElement } from "react";
import "./tip.css";

/** Words that show while something is pointed at or focused. They explain; they never name. */
export function Tip({ words, children }: { words: string | undefined; children: ReactElement }) {
  if (words === undefined) return children;
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} collisionPadding={8} className="tip-place">
          <Tooltip.Popup className="tip">{words}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
