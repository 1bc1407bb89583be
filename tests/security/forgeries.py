"""Access tokens that somebody might make, of whom nobody of ours has issued one."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.fakes.identity_provider import IdentityProvider

EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
Signed = Callable[..., str]


def wrong_claims(signed: Signed) -> Iterator[tuple[str, str]]:
    """Well signed, and yet worth nothing; ``signed`` takes what differs from good claims."""
    now = int(time.time())
    for claim in ("iss", "aud", "exp", "iat", "sub"):
        yield f"no {claim}", signed(**{claim: None})
    yield "wrong issuer", signed(iss="https://example.org/auth/v1")
    yield "wrong audience", signed(aud="somebody-else")
    yield "empty audience", signed(aud=[])
    yield "expired by a second", signed(exp=now - 1, iat=now - 60)
    yield "never expires", signed(exp=float("inf"))
    yield "no number as expiry", signed(exp="tomorrow")
    yield "not valid yet", signed(nbf=now + 60)
    yield "no text as subject", signed(sub=7)
    yield "empty subject", signed(sub="")


def unsigned(good: str) -> Iterator[tuple[str, str]]:
    """Made from a good token by who has no key."""
    header, payload, signature = good.split(".")
    described = json.loads(_decoded(header))
    for algorithm in ("none", "None", "NONE", "", None):
        yield f"algorithm {algorithm}", ".".join((_encoded(described | {"alg": algorithm}), payload, ""))
    yield "no signature", f"{header}.{payload}."
    yield "signature of another", f"{header}.{_encoded(json.loads(_decoded(payload)) | {'sub': 'eve'})}.{signature}"
    yield "changed signature", f"{header}.{payload}.{signature[:-6]}{'A' * 6}"
    yield "critical header", f"{_encoded(described | {'crit': ['exp']})}.{payload}.{signature}"
    yield "detached payload", f"{header}..{signature}"
    yield "8 KB", f"{header}.{payload}.{'A' * (8192 - len(header) - len(payload) - 2)}"
    yield "8 KB of nothing", "A" * 8192
    yield "nested header", f"{_base64(b'[' * 5000)}.{payload}.{signature}"
    yield "nested payload", f"{header}.{_base64(b'[' * 5000)}.{signature}"
    yield "a list as header", f"{_encoded([])}.{payload}.{signature}"
    yield "three dots", "..."


def other_keys(claims: dict[str, Any], key_id: str | None = None) -> Iterator[tuple[str, str]]:
    """Signed with keys of the forger's own, which some of them bring along."""
    headers = {"kid": key_id} if key_id else {}
    own = jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True)
    yield "another EC key", jwt.encode(claims, EC_KEY, "ES256", headers=headers)
    yield "another RSA key", jwt.encode(claims, RSA_KEY, "RS256", headers=headers)
    yield "its key in the header", jwt.encode(claims, EC_KEY, "ES256", headers=headers | {"jwk": own})
    yield "its keys elsewhere", jwt.encode(claims, EC_KEY, "ES256", headers=headers | {"jku": "https://example.org/"})
    yield "PS256", jwt.encode(claims, RSA_KEY, "PS256", headers=headers)
    yield "empty secret", _hmac(claims, b"", headers)
    yield "guessed secret", _hmac(claims, b"secret", headers)


def swapped(provider: IdentityProvider) -> Iterator[tuple[str, str]]:
    """A published key, used as what it is not."""
    for described in provider.published:
        key_id, key = described["kid"], provider.private[described["kid"]].public_key()
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for name, secret in {
            "PEM": pem,
            "PEM without its last line break": pem.strip(),
            "DER": der,
            "JWK": msgspec.json.encode(described),
        }.items():
            for headers in ({}, {"kid": key_id}):
                yield f"{described['alg']} {name} as secret", _hmac(provider.claims(), secret, headers)
        other = next(one for one in provider.published if one["alg"] != described["alg"])
        yield (
            f"{described['alg']} under the id of {other['alg']}",
            jwt.encode(provider.claims(), provider.private[key_id], described["alg"], headers={"kid": other["kid"]}),
        )


def _hmac(claims: dict[str, Any], secret: bytes, headers: dict[str, Any]) -> str:
    """By hand: PyJWT does not sign with what it knows to be a public key."""
    signed = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'} | headers)}.{_encoded(claims)}"
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return f"{signed}.{_base64(algorithm.sign(signed.encode(), secret))}"


def _encoded(value: Any) -> str:
    return _base64(json.dumps(value).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
