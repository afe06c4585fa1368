-- The statements here take milliseconds and are wide: where the planner thinks much of one, compiling it takes a hundred times as long as
-- running it. A role that may not set this leaves it as it is.
DO $$
BEGIN
  EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'jit stays as it is: this role may not set it';
END
$$;
