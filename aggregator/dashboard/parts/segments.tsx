import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { classes } from "./button.tsx";
import "./segments.css";

interface SegmentsProps<Value extends string> {
  /** What is chosen, for who listens. */
  label: string;
  value: Value;
  onChange(value: Value): void;
  options: readonly { value: Value; label: string; count?: number | undefined }[];
}

/** One of two to five, all in view. Arrow keys move, as in any group of radio buttons. */
export function Segments<Value extends string>({ label, value, onChange, options }: SegmentsProps<Value>) {
  return (
    <fieldset className="segments">
      <legend className="unseen">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className={classes("segment", option.value === value && "segment-on")}>
          <input
            type="radio"
            className="unseen"
            name={label}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
          {option.count === undefined ? null : <span className="segment-count">{option.count}</span>}
        </label>
      ))}
    </fieldset>
  );
}

/** Parts of a page that have an address of their own. */
export function LinkTabs({
  label,
  current,
  tabs,
}: {
  label: string;
  current: string;
  tabs: readonly { href: string; label: string }[];
}) {
  const nav = useRef<HTMLElement>(null);
  // Where there is room for a few alone, the present one is among them.
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <nav ref={nav} className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          className={classes("tab", tab.href === current && "tab-on")}
          aria-current={tab.href === current ? "page" : undefined}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
