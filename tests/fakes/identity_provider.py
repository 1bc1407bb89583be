"""An identity provider as Supabase Auth is one: it signs tokens, publishes its keys, and counts who asks for them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import jwt
import msgspec
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

KEYS = "/auth/v1/.well-known/jwks.json"


@dataclass
class IdentityProvider:
    """``broken`` is a status that is answered instead of the keys; ``body`` other bytes than theirs."""

    address: str = ""
    fetches: int = 0
    broken: int | None = None
    body: bytes | None = None
    private: dict[str, Any] = field(default_factory=dict)
    published: list[dict[str, Any]] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"{self.address}/auth/v1"

    def new_key(self, algorithm: str = "ES256", *, bits: int = 2048, **described: Any) -> str:
        """Its id; it is published at once."""
        key_id = uuid4().hex
        key: Any
        if algorithm == "RS256":
            key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
            shown = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        else:
            key = ec.generate_private_key(ec.SECP256R1())
            shown = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        self.private[key_id] = key
        self.published.append({**shown, "kid": key_id, "alg": algorithm, "use": "sig"} | described)
        return key_id

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Of a user who signed in just now; a claim that is given as None is left out."""
        now = int(time.time())
        every = {
            "iss": self.issuer,
            "aud": "authenticated",
            "role": "authenticated",
            "sub": str(uuid4()),
            "iat": now,
            "exp": now + 3600,
            "email": "ada@example.org",
            "user_metadata": {"full_name": "Ada Lovelace"},
        } | changed
        return {name: value for name, value in every.items() if value is not None}

    def token(self, key_id: str, **changed: Any) -> str:
        algorithm = next(one["alg"] for one in self.published if one["kid"] == key_id)
        return jwt.encode(self.claims(**changed), self.private[key_id], algorithm, headers={"kid": key_id})

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http" and scope["path"] == KEYS
        self.fetches += 1
        body = self.body if self.body is not None else msgspec.json.encode({"keys": self.published})
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": self.broken or 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def identity_provider() -> AsyncIterator[IdentityProvider]:
    """On the loopback, in this event loop."""
    provider = IdentityProvider()
    server = uvicorn.Server(uvicorn.Config(provider, port=0, lifespan="off", ws="none", log_config=None))
    running = asyncio.create_task(server._serve())
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        provider.address = "http://{}:{}".format(*server.servers[0].sockets[0].getsockname())
        yield provider
    finally:
        server.should_exit = True
        await running
