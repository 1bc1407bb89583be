"""A function that is told an owner asks for no other than the one its transaction acts for already."""

from alembic import op
from sqlalchemy import text

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# These functions take their owner as an argument, so that a question is one round trip, without a transaction around
# it. Within a transaction, whose setting was the other wall, they had set it to whatever they were told.
ACT_FOR = """
CREATE FUNCTION act_for(owner uuid) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY INVOKER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    acting text := nullif(current_setting('app.owner_id', true), '');
BEGIN
    IF acting IS NULL THEN
        PERFORM set_config('app.owner_id', act_for.owner::text, true);
    ELSIF acting::uuid IS DISTINCT FROM act_for.owner THEN
        RAISE insufficient_privilege USING MESSAGE = 'this transaction acts for another owner';
    END IF;
END $$
"""
ASKED_ALONE = ("search_chunks", "find_chunks", "find_passages", "search_words", "search_library")

RESERVES = "PERFORM set_config('synchronous_commit', 'off', true);"
RESERVES_FOR = "PERFORM public.act_for(reserve_spend.owner);"

SIGNED_IN = "SELECT EXISTS (SELECT FROM public.users u WHERE u.owner_id = $1)"
SIGNED_IN_FOR = "SELECT coalesce(nullif(current_setting('app.owner_id', true), '')::uuid = $1, $1 IS NOT NULL) AND"


def upgrade() -> None:
    op.execute(ACT_FOR)
    op.execute("REVOKE ALL ON FUNCTION act_for(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION act_for(uuid) TO learnx_app, learnx_worker")
    for function in ASKED_ALONE:
        _rewrite(function, _sets(function), _acts(function))
    _rewrite("reserve_spend", RESERVES, f"{RESERVES_FOR}\n            {RESERVES}")
    _rewrite("is_signed_in", SIGNED_IN, SIGNED_IN.replace("SELECT", SIGNED_IN_FOR, 1))


def downgrade() -> None:
    _rewrite("is_signed_in", SIGNED_IN.replace("SELECT", SIGNED_IN_FOR, 1), SIGNED_IN)
    _rewrite("reserve_spend", f"{RESERVES_FOR}\n            {RESERVES}", RESERVES)
    for function in ASKED_ALONE:
        _rewrite(function, _acts(function), _sets(function))
    op.execute("DROP FUNCTION act_for(uuid)")


def _sets(function: str) -> str:
    return f"PERFORM set_config('app.owner_id', {function}.owner::text, true);"


def _acts(function: str) -> str:
    return f"PERFORM public.act_for({function}.owner);"


def _rewrite(function: str, old: str, new: str) -> None:
    connection = op.get_bind()
    defined = text("SELECT pg_get_functiondef(CAST(:name AS regproc))")
    definition: str = connection.execute(defined, {"name": function}).scalar_one()
    if old not in definition:
        raise LookupError(f"{function} has no {old}")
    connection.exec_driver_sql(definition.replace(old, new))
