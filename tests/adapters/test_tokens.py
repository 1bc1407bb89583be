"""Access tokens and signed links: what is accepted, and all that is not."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.adapters import tokens
from learnx.adapters.tokens import JwtAccessTokens, JwtLinkSigner
from learnx.domain.errors import NotAuthenticated, NotFound
from learnx.domain.identity import Principal

SECRET = "a key for tests that is long enough"


def now() -> datetime:
    return datetime.now(UTC)


ACCESS = JwtAccessTokens(SECRET, now)
LINKS = JwtLinkSigner(SECRET, now)
CLAIMS = {
    "iss": "learnx",
    "aud": "learnx-api",
    "sub": str(uuid4()),
    "iat": now(),
    "exp": now() + timedelta(minutes=5),
}


def signed(claims: dict[str, object], **options: str) -> str:
    return jwt.encode(claims, tokens._derived(SECRET, "access-tokens"), **({"algorithm": "HS256"} | options))


def test_an_access_token_stands_for_its_principal_for_15_minutes_at_most() -> None:
    principal = Principal(user_id=uuid4(), session_id=uuid4())
    assert ACCESS.verify(ACCESS.issue(principal)) == principal
    assert ACCESS.verify(ACCESS.issue(Principal(user_id=principal.user_id))).session_id is None
    assert ACCESS.lifetime_seconds <= 15 * 60


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        signed({name: value for name, value in CLAIMS.items() if name != "exp"}),
        signed({name: value for name, value in CLAIMS.items() if name != "iat"}),
        signed({name: value for name, value in CLAIMS.items() if name != "sub"}),
        signed({name: value for name, value in CLAIMS.items() if name != "iss"}),
        signed({name: value for name, value in CLAIMS.items() if name != "aud"}),
        signed(CLAIMS | {"exp": now() - timedelta(seconds=1)}),
        signed(CLAIMS | {"iss": "somebody"}),
        signed(CLAIMS | {"aud": "learnx-link"}),
        signed(CLAIMS | {"sub": "no id"}),
        signed(CLAIMS | {"sid": 5}),
        signed(CLAIMS, algorithm="HS512"),
        jwt.encode(CLAIMS, None, algorithm="none"),
        jwt.encode(CLAIMS, SECRET, algorithm="HS256"),
        JwtAccessTokens("another key that is long enough too", now).issue(Principal(user_id=uuid4())),
        LINKS.sign({"sub": str(uuid4())}, lifetime_seconds=60),
    ],
)
def test_any_other_token_is_refused(token: str) -> None:
    with pytest.raises(NotAuthenticated):
        ACCESS.verify(token)


def test_a_well_formed_token_is_accepted() -> None:
    """Else the refusals above would prove nothing."""
    assert str(ACCESS.verify(signed(CLAIMS)).user_id) == CLAIMS["sub"]


def test_a_link_says_what_it_may_until_it_expires() -> None:
    payload = {"owner": str(uuid4()), "file": str(uuid4())}
    assert LINKS.verify(LINKS.sign(payload, lifetime_seconds=60)) == payload
    for token in (
        LINKS.sign(payload, lifetime_seconds=-1),
        ACCESS.issue(Principal(user_id=uuid4())),
        JwtLinkSigner("another key that is long enough too", now).sign(payload, lifetime_seconds=60),
        "",
    ):
        with pytest.raises(NotFound):
            LINKS.verify(token)


@given(st.text())
def test_no_text_is_a_token_by_chance(text: str) -> None:
    with pytest.raises(NotAuthenticated):
        ACCESS.verify(text)
    with pytest.raises(NotFound):
        LINKS.verify(text)


def test_a_token_that_was_verified_is_refused_all_the_same_once_it_has_ended() -> None:
    short = signed(CLAIMS | {"exp": now() + timedelta(seconds=1.5)})
    ACCESS.verify(short)
    with pytest.raises(NotAuthenticated):
        while True:
            ACCESS.verify(short)
            time.sleep(0.1)


def test_only_the_newest_tokens_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "VERIFIED_TOKENS", 3)
    access = JwtAccessTokens(SECRET, now)
    issued = [access.issue(Principal(user_id=uuid4())) for _ in range(10)]
    for token in issued:
        access.verify(token)
    assert list(access._verified) == issued[-3:]
    assert [access.verify(token) for token in issued] == [access._decoded(token)[0] for token in issued]
