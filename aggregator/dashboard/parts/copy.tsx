import { useState } from "react";
import { IconButton } from "./button.tsx";
import "./copy.css";

const SAID_MS = 1_500;

/** A text to take along, such as an id. */
export function Copyable({ text, label = "Copy" }: { text: string; label?: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MS);
  };
  return (
    <span className="copyable">
      <code className="clip" title={text}>
        {text}
      </code>
      <IconButton
        small
        icon={isCopied ? "check" : "copy"}
        label={isCopied ? "Copied" : label}
        onClick={() => void copy()}
      />
    </span>
  );
}
