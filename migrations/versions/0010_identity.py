"""Sessions that can be told apart, tokens that are mailed, users of another provider, and addresses compared better."""

import unicodedata

from alembic import op
from sqlalchemy import text

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = [
    # A session is the one unspent token of its family; what it remembers goes from token to token.
    "ALTER TABLE refresh_tokens ADD COLUMN started_at timestamptz, ADD COLUMN user_agent text",
    """
    UPDATE refresh_tokens t SET started_at = f.started_at
    FROM (SELECT owner_id, family, min(created_at) AS started_at FROM refresh_tokens GROUP BY owner_id, family) f
    WHERE f.owner_id = t.owner_id AND f.family = t.family
    """,
    "ALTER TABLE users ADD COLUMN email_verified_at timestamptz",
    """
    CREATE TABLE mail_tokens (
        owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        token_hash bytea NOT NULL,
        purpose text NOT NULL CHECK (purpose IN ('password_reset', 'email_verification')),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (owner_id, token_hash)
    )
    """,
    "CREATE INDEX mail_tokens_token_hash_idx ON mail_tokens (token_hash)",
    # A directory, as credentials are: whose subject it is, is the question. `vouched_at` is when the token was issued
    # that the user's e-mail address is from.
    """
    CREATE TABLE identities (
        issuer text NOT NULL,
        subject text NOT NULL,
        owner_id uuid NOT NULL UNIQUE REFERENCES users ON DELETE CASCADE,
        vouched_at timestamptz NOT NULL,
        PRIMARY KEY (issuer, subject)
    )
    """,
    # What outlives an erasure, for as long as a token from before it could: a hash of issuer and subject, and when.
    "CREATE TABLE erased_identities (identity_hash bytea PRIMARY KEY, erased_at timestamptz NOT NULL)",
]
ADDED = ("mail_tokens", "identities", "erased_identities")

# They run as the owner of the tables: the first ones because no owner is known yet, the others because nobody else
# reads credentials.
FUNCTIONS = {
    # Whether a request may go on: the account exists and, where its token names one, the session. It is told the owner,
    # so that it can be asked in one round trip.
    "is_signed_in(uuid, uuid)": """
        CREATE FUNCTION is_signed_in(owner uuid, session uuid)
        RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT EXISTS (SELECT FROM public.users u WHERE u.owner_id = $1)
                AND ($2 IS NULL OR EXISTS (
                    SELECT FROM public.refresh_tokens t WHERE t.owner_id = $1 AND t.family = $2
                ))
        $$
    """,
    "owner_of_mail_token(bytea, text)": """
        CREATE FUNCTION owner_of_mail_token(hash bytea, purpose text)
        RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT t.owner_id FROM public.mail_tokens t
            WHERE t.token_hash = $1 AND t.purpose = $2 AND t.expires_at > now()
        $$
    """,
    # The user of an identity, made at its first request; null where its user was erased after `issued_at`, give or take
    # what clocks differ. Those who come at once follow one another by the lock.
    "user_of_identity(text, text, uuid, text, text, text, text, timestamptz)": """
        CREATE FUNCTION user_of_identity(
            issuer text, subject text, new_owner uuid, email text, full_name text, avatar_url text,
            subscription_tier text, issued_at timestamptz
        ) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        #variable_conflict use_column
        DECLARE
            known uuid;
            newer boolean;
        BEGIN
            SELECT i.owner_id, i.vouched_at < user_of_identity.issued_at AND u.email <> user_of_identity.email
            INTO known, newer FROM public.identities i JOIN public.users u ON u.owner_id = i.owner_id
            WHERE i.issuer = user_of_identity.issuer AND i.subject = user_of_identity.subject;
            IF newer THEN
                UPDATE public.identities i SET vouched_at = user_of_identity.issued_at WHERE i.owner_id = known;
                UPDATE public.users u SET email = user_of_identity.email WHERE u.owner_id = known;
            END IF;
            IF known IS NOT NULL THEN
                RETURN known;
            END IF;
            PERFORM pg_advisory_xact_lock(
                hashtextextended(user_of_identity.issuer || E'\\n' || user_of_identity.subject, 0)
            );
            SELECT i.owner_id INTO known FROM public.identities i
            WHERE i.issuer = user_of_identity.issuer AND i.subject = user_of_identity.subject;
            IF known IS NOT NULL THEN
                RETURN known;
            END IF;
            DELETE FROM public.erased_identities WHERE erased_at < now() - interval '8 days';
            PERFORM FROM public.erased_identities e
            WHERE e.identity_hash = sha256(
                    convert_to(user_of_identity.issuer || E'\\n' || user_of_identity.subject, 'UTF8')
                )
                AND user_of_identity.issued_at <= e.erased_at + interval '30 seconds';
            IF FOUND THEN
                RETURN NULL;
            END IF;
            INSERT INTO public.users (owner_id, email, full_name, avatar_url, subscription_tier, created_at)
            VALUES (
                user_of_identity.new_owner, user_of_identity.email, user_of_identity.full_name,
                user_of_identity.avatar_url, user_of_identity.subscription_tier, now()
            );
            INSERT INTO public.identities (issuer, subject, owner_id, vouched_at)
            VALUES (
                user_of_identity.issuer, user_of_identity.subject, user_of_identity.new_owner,
                user_of_identity.issued_at
            );
            RETURN user_of_identity.new_owner;
        END $$
    """,
    # Until the end of the transaction it stays what it is: no session is begun with a password that is being replaced.
    "own_password_hash()": """
        CREATE FUNCTION own_password_hash()
        RETURNS text LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT c.password_hash FROM public.credentials c
            WHERE c.owner_id = nullif(current_setting('app.owner_id', true), '')::uuid FOR SHARE
        $$
    """,
    # Whether it was replaced: not where it is no longer `old`. Null stands for whatever it is.
    "replace_own_password(text, text)": """
        CREATE FUNCTION replace_own_password(new text, old text)
        RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
            UPDATE public.credentials c SET password_hash = replace_own_password.new
            WHERE c.owner_id = nullif(current_setting('app.owner_id', true), '')::uuid
                AND (replace_own_password.old IS NULL OR c.password_hash = replace_own_password.old);
            RETURN FOUND;
        END $$
    """,
}

USER_BY_EMAIL = """
    CREATE FUNCTION user_by_email(
        key text, OUT owner_id uuid, OUT email text, OUT full_name text, OUT avatar_url text,
        OUT subscription_tier text, OUT created_at timestamptz, OUT password_hash text{column}
    ) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT u.owner_id, u.email, u.full_name, u.avatar_url, u.subscription_tier, u.created_at,
            c.password_hash{value}
        FROM public.credentials c JOIN public.users u ON u.owner_id = c.owner_id
        WHERE c.email_key = $1;
    $$
"""

# However a user is deleted, a token from before does not bring them back. The longest that one lives is a week, which
# the verifier sees to; a day is for clocks.
TOMBSTONE = """
    CREATE FUNCTION remember_erased_identity() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        DELETE FROM public.erased_identities WHERE erased_at < now() - interval '8 days';
        INSERT INTO public.erased_identities (identity_hash, erased_at)
        VALUES (sha256(convert_to(old.issuer || E'\\n' || old.subject, 'UTF8')), now())
        ON CONFLICT (identity_hash) DO UPDATE SET erased_at = excluded.erased_at;
        RETURN NULL;
    END $$
"""

OWN_ROWS = "owner_id = (SELECT nullif(current_setting('app.owner_id', true), ''))::uuid"


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
    for table in ADDED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY table_owner ON {table} TO learnx_owner USING (true) WITH CHECK (true)")
    for table in ("mail_tokens", "identities"):
        op.execute(
            f"CREATE POLICY own_rows ON {table} TO learnx_app, learnx_worker USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})"
        )
    op.execute("GRANT SELECT, INSERT, DELETE ON mail_tokens TO learnx_app")
    for signature, definition in FUNCTIONS.items():
        op.execute(definition)
        _for_the_application(signature)
    _make_user_by_email(column=", OUT email_verified_at timestamptz", value=", u.email_verified_at")
    op.execute(TOMBSTONE)
    op.execute("REVOKE ALL ON FUNCTION remember_erased_identity() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER erased AFTER DELETE ON identities FOR EACH ROW EXECUTE FUNCTION remember_erased_identity()"
    )
    _rename_keys()


def downgrade() -> None:
    op.execute("DROP TRIGGER erased ON identities")
    op.execute("DROP FUNCTION remember_erased_identity()")
    _make_user_by_email(column="", value="")
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    for table in reversed(ADDED):
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE users DROP COLUMN email_verified_at")
    op.execute("ALTER TABLE refresh_tokens DROP COLUMN started_at, DROP COLUMN user_agent")


def _make_user_by_email(**parts: str) -> None:
    op.execute("DROP FUNCTION user_by_email(text)")
    op.execute(USER_BY_EMAIL.format(**parts))
    _for_the_application("user_by_email(text)")


def _for_the_application(signature: str) -> None:
    op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO learnx_app")


def _rename_keys() -> None:
    """Addresses were compared case-folded, and now without regard to compatible forms, too. Where two accounts meet in
    that, the second keeps its key, under which nobody finds it, until an operator has asked its owner."""
    connection = op.get_bind()
    keys = [row.email_key for row in connection.execute(text("SELECT email_key FROM credentials ORDER BY owner_id"))]
    for old in keys:
        if (new := _email_key(old)) != old:
            connection.execute(
                text(
                    "UPDATE credentials SET email_key = :new WHERE email_key = :old"
                    " AND NOT EXISTS (SELECT FROM credentials WHERE email_key = :new)"
                ),
                {"new": new, "old": old},
            )


def _email_key(email: str) -> str:
    """As ``learnx.domain.identity`` has it at this revision."""
    for _ in range(2):
        email = unicodedata.normalize("NFKC", email).casefold()
    return unicodedata.normalize("NFKC", email).strip()
