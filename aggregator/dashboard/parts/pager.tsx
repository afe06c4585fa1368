import { Button } from "./button.tsx";
import "./pager.css";

interface PagerProps {
  /** How many are shown. */
  shown: number;
  /** What they are, in the plural. */
  of: string;
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown };
}

/** The end of a list that is read page by page. */
export function Pager({ shown, of, list }: PagerProps) {
  if (shown === 0) return null;
  return (
    <div className="pager">
      <span className="small soft number" role="status">
        {shown === 1 && !list.hasNextPage
          ? "The only one"
          : `${shown} ${of}${list.hasNextPage ? "" : ", all there are"}`}
      </span>
      {list.hasNextPage ? (
        <Button small busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {list.isFetchingNextPage ? "Loading …" : "Show more"}
        </Button>
      ) : null}
    </div>
  );
}
