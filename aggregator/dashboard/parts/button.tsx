import type { ComponentProps, ReactNode } from "react";
import { Link } from "wouter";
import { useMay, type Role } from "../api/me.ts";
import { Icon, type IconName } from "./icon.tsx";
import { Tip } from "./tip.tsx";
import "./button.css";

type Look = "plain" | "primary" | "danger" | "quiet";

interface Common {
  look?: Look;
  icon?: IconName;
  small?: boolean;
}

interface ButtonProps extends Common, Omit<ComponentProps<"button">, "disabled"> {
  /** Role without which it cannot be used; the reason is told where it is pointed at. */
  needs?: Role;
  /** Why it cannot be used now. It stays focusable, so that the reason can be read. */
  disabledBecause?: string | undefined;
  disabled?: boolean | undefined;
  /** Something is under way. */
  busy?: boolean;
  /** A key that does the same, shown on the button. */
  hint?: string;
}

export function Button({ needs, ...props }: ButtonProps) {
  return needs === undefined ? <PlainButton {...props} /> : <GuardedButton {...props} needs={needs} />;
}

function GuardedButton({ needs, disabledBecause, ...props }: ButtonProps & { needs: Role }) {
  const { reason } = useMay(needs);
  return <PlainButton {...props} disabledBecause={reason ?? disabledBecause} />;
}

function PlainButton(props: Omit<ButtonProps, "needs">) {
  const {
    look = "plain",
    icon,
    small,
    disabledBecause,
    disabled,
    busy,
    hint,
    className,
    children,
    onClick,
    ...rest
  } = props;
  const isOff = disabledBecause !== undefined || disabled === true || busy === true;
  return (
    <Tip words={disabledBecause}>
      <button
        type="button"
        {...rest}
        className={classes("button", `button-${look}`, small && "button-small", className)}
        aria-disabled={isOff || undefined}
        aria-busy={busy || undefined}
        aria-description={disabledBecause}
        onClick={(event) => {
          if (isOff) event.preventDefault();
          else onClick?.(event);
        }}
      >
        {icon === undefined ? null : <Icon name={icon} />}
        {children}
        {hint === undefined ? null : <kbd className="key">{hint}</kbd>}
      </button>
    </Tip>
  );
}

interface IconButtonProps extends Omit<ButtonProps, "children" | "icon" | "aria-label"> {
  icon: IconName;
  /** Its name; also its tooltip. */
  label: string;
}

export function IconButton({ label, icon, className, disabledBecause, ...props }: IconButtonProps) {
  const button = (
    <Button look="quiet" {...props} aria-label={label} className={classes("button-icon", className)}>
      <Icon name={icon} />
    </Button>
  );
  return <Tip words={disabledBecause ?? label}>{button}</Tip>;
}

interface LinkButtonProps extends Common {
  href: string;
  children: ReactNode;
  className?: string;
}

export function LinkButton({ href, look = "plain", icon, small, className, children }: LinkButtonProps) {
  return (
    <Link href={href} className={classes("button", `button-${look}`, small && "button-small", className)}>
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </Link>
  );
}

/** Class names that are there. */
export function classes(...names: (string | false | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}
