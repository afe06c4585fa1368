import { Button } from "./button.tsx";
import { toast } from "./toast.tsx";
import "./json-block.css";

/** Anything as it is, indented. Written as text: nothing in it is run or rendered. */
export function JsonBlock({ value, label }: { value: unknown; label: string }) {
  const text = JSON.stringify(value, null, 2) ?? "";
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  };
  return (
    <div className="json-block">
      <pre role="region" aria-label={label} tabIndex={0}>
        {text}
      </pre>
      <Button small icon="copy" className="json-copy" onClick={() => void copy()}>
        Copy
      </Button>
    </div>
  );
}
