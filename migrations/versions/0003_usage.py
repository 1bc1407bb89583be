"""What calls of models were made and what they cost: a ledger, charges that are reserved and settled, daily sums."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = [
    # A record outlives the generation it names: only its owner is a reference. Rows are numbered in their order.
    """
    CREATE TABLE model_calls (
        owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        id bigint GENERATED ALWAYS AS IDENTITY,
        at timestamptz NOT NULL,
        kind text NOT NULL,
        generation_id uuid,
        model text NOT NULL,
        prompt_tokens bigint NOT NULL CHECK (prompt_tokens >= 0),
        cached_prompt_tokens bigint NOT NULL CHECK (cached_prompt_tokens >= 0),
        completion_tokens bigint NOT NULL CHECK (completion_tokens >= 0),
        cost_usd numeric(18, 9) CHECK (cost_usd >= 0),
        counted boolean NOT NULL,
        whole boolean NOT NULL,
        latency_ms integer NOT NULL,
        first_token_ms integer,
        PRIMARY KEY (owner_id, id)
    )
    """,
    "CREATE INDEX model_calls_owner_id_at_idx ON model_calls (owner_id, at)",
    # One row a generation: reserved until it is spent, or expires. It counts on the day and in the month of `at`.
    """
    CREATE TABLE charges (
        owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        generation_id uuid NOT NULL,
        at timestamptz NOT NULL,
        reserved_usd numeric(18, 9) NOT NULL CHECK (reserved_usd >= 0),
        expires_at timestamptz NOT NULL,
        spent_usd numeric(18, 9) CHECK (spent_usd >= 0),
        PRIMARY KEY (owner_id, generation_id)
    )
    """,
    "CREATE INDEX charges_owner_id_at_idx ON charges (owner_id, at)",
    "CREATE INDEX charges_open_idx ON charges (expires_at) WHERE spent_usd IS NULL",
    # The one table without an owner: what the service has paid stays paid when a user is erased. It names nobody, and
    # only the functions below reach it. Summing all charges of a month for each admission would take too long.
    "CREATE TABLE service_spending (day date PRIMARY KEY, usd numeric(18, 9) NOT NULL)",
]

# What the application may do with rows of the owner it acts for; the worker calls no model that costs anything yet.
GRANTS = {"model_calls": "SELECT, INSERT", "charges": "SELECT"}

# They run as the owner of the tables, because they also need the sums of the service.
FUNCTIONS = {
    # Null where it is admitted, else the budget that has no room for it: of several, the one that opens last.
    #
    # It is told the owner, so that it can be asked in one round trip, without a transaction around it.
    #
    # Admissions of one owner follow one another by the lock on the user and, where the service has a budget, all of
    # them by an advisory lock. Locks are held until the commit, which therefore does not wait for the disk: a
    # reservation that is lost when the database crashes is no worse than one that expires.
    "reserve_spend(uuid, uuid, numeric, timestamptz, timestamptz, timestamptz, timestamptz, numeric, numeric, numeric,"
    " numeric)": """
        CREATE FUNCTION reserve_spend(
            owner uuid, generation uuid, usd numeric, now timestamptz, expires timestamptz, day timestamptz,
            month timestamptz, owner_day numeric, owner_month numeric, service_day numeric, service_month numeric
        ) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE
            own_in_day numeric;
            own_in_month numeric;
            all_in_day numeric;
            all_in_month numeric;
        BEGIN
            PERFORM set_config('synchronous_commit', 'off', true);
            PERFORM FROM public.users u WHERE u.owner_id = reserve_spend.owner FOR NO KEY UPDATE;
            IF NOT FOUND THEN
                RAISE foreign_key_violation USING MESSAGE = 'there is no such user';
            END IF;
            UPDATE public.charges c SET expires_at = greatest(c.expires_at, reserve_spend.expires)
            WHERE c.owner_id = reserve_spend.owner AND c.generation_id = reserve_spend.generation
                AND (c.spent_usd IS NOT NULL OR c.expires_at > reserve_spend.now);
            IF FOUND THEN
                RETURN NULL;
            END IF;

            SELECT coalesce(sum(c.usd), 0), coalesce(sum(c.usd) FILTER (WHERE c.at >= reserve_spend.day), 0)
            INTO own_in_month, own_in_day
            FROM (
                SELECT k.at, coalesce(k.spent_usd, k.reserved_usd) AS usd FROM public.charges k
                WHERE k.owner_id = reserve_spend.owner AND k.at >= reserve_spend.month
                    AND (k.spent_usd IS NOT NULL OR k.expires_at > reserve_spend.now)
            ) c;
            IF own_in_month + reserve_spend.usd > reserve_spend.owner_month THEN
                RETURN 'owner_month';
            END IF;
            IF reserve_spend.service_day IS NOT NULL OR reserve_spend.service_month IS NOT NULL THEN
                PERFORM pg_advisory_xact_lock(hashtext('learnx.service_spending'));
                SELECT coalesce(sum(c.usd), 0), coalesce(sum(c.usd) FILTER (WHERE c.at >= reserve_spend.day), 0)
                INTO all_in_month, all_in_day
                FROM (
                    SELECT s.day::timestamp AT TIME ZONE 'UTC' AS at, s.usd FROM public.service_spending s
                    WHERE s.day >= (reserve_spend.month AT TIME ZONE 'UTC')::date
                    UNION ALL
                    SELECT k.at, k.reserved_usd FROM public.charges k
                    WHERE k.spent_usd IS NULL AND k.expires_at > reserve_spend.now AND k.at >= reserve_spend.month
                ) c;
            END IF;
            -- A budget that is null, or that was not asked for, is no reason to refuse.
            IF all_in_month + reserve_spend.usd > reserve_spend.service_month THEN
                RETURN 'service_month';
            ELSIF own_in_day + reserve_spend.usd > reserve_spend.owner_day THEN
                RETURN 'owner_day';
            ELSIF all_in_day + reserve_spend.usd > reserve_spend.service_day THEN
                RETURN 'service_day';
            END IF;
            INSERT INTO public.charges AS c (owner_id, generation_id, at, reserved_usd, expires_at)
            VALUES (
                reserve_spend.owner, reserve_spend.generation, reserve_spend.now, reserve_spend.usd,
                reserve_spend.expires
            )
            ON CONFLICT (owner_id, generation_id) DO UPDATE
            SET at = excluded.at, reserved_usd = excluded.reserved_usd, expires_at = excluded.expires_at;
            RETURN NULL;
        END $$
    """,
    # What was never reserved counts from now. Settled a second time, nothing changes.
    "settle_spend(uuid, numeric)": """
        CREATE FUNCTION settle_spend(generation uuid, usd numeric)
        RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE
            acting uuid := nullif(current_setting('app.owner_id', true), '')::uuid;
            charged timestamptz;
        BEGIN
            INSERT INTO public.charges AS c (owner_id, generation_id, at, reserved_usd, expires_at, spent_usd)
            VALUES (acting, settle_spend.generation, now(), settle_spend.usd, now(), settle_spend.usd)
            ON CONFLICT (owner_id, generation_id) DO UPDATE SET spent_usd = excluded.spent_usd
            WHERE c.spent_usd IS NULL
            RETURNING c.at INTO charged;
            IF FOUND AND settle_spend.usd > 0 THEN
                INSERT INTO public.service_spending AS s (day, usd)
                VALUES ((charged AT TIME ZONE 'UTC')::date, settle_spend.usd)
                ON CONFLICT (day) DO UPDATE SET usd = s.usd + excluded.usd;
            END IF;
        END $$
    """,
}

OWN_ROWS = "owner_id = (SELECT nullif(current_setting('app.owner_id', true), ''))::uuid"


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
    for table in (*GRANTS, "service_spending"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY table_owner ON {table} TO learnx_owner USING (true) WITH CHECK (true)")
    for table, granted in GRANTS.items():
        op.execute(
            f"CREATE POLICY own_rows ON {table} TO learnx_app, learnx_worker USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})"
        )
        op.execute(f"GRANT {granted} ON {table} TO learnx_app")
    for signature, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO learnx_app")


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    for table in (*GRANTS, "service_spending"):
        op.execute(f"DROP TABLE {table}")
