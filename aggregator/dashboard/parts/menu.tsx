import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";
import "./menu.css";

/** A list of things to do or choose, behind a button. */
export function Menu({ button, label, children }: { button: ReactElement; label: string; children: ReactNode }) {
  return (
    <Base.Root>
      <Base.Trigger render={button} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align="end" collisionPadding={8} className="menu-place">
          <Base.Popup className="menu" aria-label={label}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface MenuItemProps {
  icon?: IconName;
  onSelect(): void;
  /** Why it cannot be chosen. */
  disabledBecause?: string | undefined;
  children: ReactNode;
}

export function MenuItem({ icon, onSelect, disabledBecause, children }: MenuItemProps) {
  return (
    <Base.Item
      className="menu-item"
      onClick={onSelect}
      disabled={disabledBecause !== undefined}
      title={disabledBecause}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </Base.Item>
  );
}

interface MenuChoiceProps<Value extends string> {
  label: string;
  value: Value;
  onChange(value: Value): void;
  options: readonly { value: Value; label: string; icon?: IconName }[];
}

/** Of which one holds. */
export function MenuChoice<Value extends string>({ label, value, onChange, options }: MenuChoiceProps<Value>) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next: Value) => onChange(next)}>
      <Base.Group>
        <Base.GroupLabel className="menu-label">{label}</Base.GroupLabel>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} className="menu-item" closeOnClick={false}>
            {option.icon === undefined ? null : <Icon name={option.icon} />}
            {option.label}
            <Base.RadioItemIndicator className="menu-mark">
              <Icon name="check" />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.Group>
    </Base.RadioGroup>
  );
}

export function MenuLine() {
  return <Base.Separator className="menu-line" />;
}

export function MenuWords({ children }: { children: ReactNode }) {
  return <div className="menu-words">{children}</div>;
}
