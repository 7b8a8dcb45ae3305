-- A process that takes up new keys while it runs says so in its own row; the policy of renewing holds for this too.
SET LOCAL ROLE shared_owner;

GRANT UPDATE (settings) ON shared.node TO front, staff, sweeper, logger, sync;
