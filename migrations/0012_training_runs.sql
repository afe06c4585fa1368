-- Runs of the training: that of each week, those that drift asked for, and those that people did. `id` is also that of the Workflow that
-- does the work, so that a week's is made once. `by` is the id of a key, or what else began it. `window_days` are read back from the last
-- whole day; a dry run releases nothing and keeps no candidate.
--
-- `steps` are the names of those begun so far, with when each began and ended. `figures` is what was counted and measured, `findings` why
-- a challenger was kept out, as codes and words. The three versions are the candidate that was made. `error` names the step that failed.
-- A run that has made no progress since `progressed_at` for long is done anew, which `restarted_at` notes; one that comes to no end for
-- hours has failed.
CREATE TABLE training_runs (
  id             text PRIMARY KEY,
  trigger        text NOT NULL CHECK (trigger IN ('schedule', 'request', 'drift')),
  dry_run        boolean NOT NULL,
  window_days    integer NOT NULL,
  reason         text,
  by             text NOT NULL,
  status         text NOT NULL CHECK (status IN ('queued', 'running', 'released', 'kept', 'dry_run_done', 'failed')),
  created_at     timestamptz NOT NULL,
  started_at     timestamptz,
  progressed_at  timestamptz NOT NULL,
  restarted_at   timestamptz,
  finished_at    timestamptz,
  steps          jsonb NOT NULL DEFAULT '[]',
  figures        jsonb NOT NULL DEFAULT '{}',
  findings       jsonb NOT NULL DEFAULT '[]',
  model          text,
  client_model   text,
  calibration    text,
  error          text
);
CREATE INDEX training_runs_created_at ON training_runs (created_at DESC, id DESC);
-- One at a time.
CREATE UNIQUE INDEX training_runs_one ON training_runs ((true)) WHERE status IN ('queued', 'running');
