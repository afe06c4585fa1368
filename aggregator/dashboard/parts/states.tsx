import type { ReactNode } from "react";
import type { RequestFailed } from "../api/problem.ts";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";
import "./states.css";

/** Where there is nothing: why, and what one can do about it. */
export function Empty({ icon, title, children }: { icon?: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      {icon === undefined ? null : (
        <span className="empty-icon">
          <Icon name={icon} size={20} />
        </span>
      )}
      <p className="empty-title">{title}</p>
      {children === undefined ? null : <div className="empty-words">{children}</div>}
    </div>
  );
}

/** A request that failed: what was refused, where, and the id that finds the cause in the logs. */
export function ErrorBox({ error, retry }: { error: RequestFailed; retry?: (() => void) | undefined }) {
  const { title, message, errors, requestId } = error;
  return (
    <div className="error" role="alert">
      <Icon name="anomalies" />
      <div className="grow">
        <p className="error-title">{title ?? "Something went wrong"}</p>
        <p>{message}</p>
        {errors === undefined || errors.length === 0 ? null : (
          <ul>
            {errors.map(({ pointer, detail }) => (
              <li key={`${pointer} ${detail}`}>
                <code>{pointer === "" ? "the request" : pointer.slice(1)}</code> {detail}
              </li>
            ))}
          </ul>
        )}
        {requestId === null || requestId === undefined ? null : (
          <p className="error-id">
            Request <code>{requestId}</code>
          </p>
        )}
      </div>
      {retry === undefined ? null : (
        <Button small icon="refresh" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Keeps the place of what is still being read. */
export function Skeleton({ width = "100%", height = 14 }: { width?: number | string; height?: number }) {
  return <span className="skeleton" style={{ width, height }} />;
}

export function SkeletonLines({ lines, height = 38 }: { lines: number; height?: number }) {
  return (
    <div className="skeleton-lines" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} style={{ height }}>
          <Skeleton width={`${88 - ((index * 37) % 40)}%`} />
        </div>
      ))}
    </div>
  );
}

interface Asked<T> {
  data: T | undefined;
  error: RequestFailed | null;
  refetch(): unknown;
}

/** Shows what was asked for, or that it is on its way (in the place it will take), or why it did not come. */
export function Loaded<T>({
  of,
  skeleton,
  children,
}: {
  of: Asked<T>;
  skeleton: ReactNode;
  children(data: T): ReactNode;
}) {
  if (of.data !== undefined) return children(of.data);
  if (of.error !== null) return <ErrorBox error={of.error} retry={() => of.refetch()} />;
  return (
    <div aria-busy="true" className="loading">
      <span className="unseen">Loading</span>
      {skeleton}
    </div>
  );
}
