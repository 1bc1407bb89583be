"""Accounts, sessions and what proves them."""

from collections.abc import Callable, Iterator
from datetime import datetime

from dishka import Provider, Scope, provide, provide_all

from learnx.adapters.tokens import Argon2PasswordHasher, HmacChildTokens, JwtAccessTokens, JwtLinkSigner
from learnx.application import identity, personas
from learnx.application.ports.tokens import AccessTokens, ChildTokens, LinkSigner, PasswordHasher
from learnx.settings import Settings, signing_key


class Identity(Provider):
    scope = Scope.APP

    @provide
    def passwords(self) -> Iterator[PasswordHasher]:
        hasher = Argon2PasswordHasher()
        yield hasher
        hasher.close()

    @provide
    def access_tokens(self, settings: Settings, clock: Callable[[], datetime]) -> AccessTokens:
        return JwtAccessTokens(signing_key(settings).reveal(), clock)

    @provide
    def child_tokens(self, settings: Settings) -> ChildTokens:
        return HmacChildTokens(signing_key(settings).reveal())

    @provide
    def links(self, settings: Settings, clock: Callable[[], datetime]) -> LinkSigner:
        return JwtLinkSigner(signing_key(settings).reveal(), clock)

    use_cases = provide_all(
        identity.StartSession,
        identity.Register,
        identity.Login,
        identity.Refresh,
        identity.Logout,
        identity.LogoutEverywhere,
        identity.Authenticate,
        identity.GetUser,
        identity.UpdateUser,
        personas.GetPersona,
        personas.PutPersona,
        personas.PatchPersona,
        personas.PersonaHistory,
    )
