"""Accounts, sessions and what proves them."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from uuid import UUID

from dishka import Provider, Scope, provide, provide_all

from learnx.adapters.password_hasher import Argon2PasswordHasher
from learnx.adapters.tokens import HmacChildTokens, JwtAccessTokens, JwtLinkSigner
from learnx.application import email_verification, identity, passwords, personas, sessions
from learnx.application.ports.accounts import Accounts
from learnx.application.ports.tokens import AccessTokens, BearerTokens, ChildTokens, LinkSigner, PasswordHasher
from learnx.application.provider_users import ProviderUsers
from learnx.domain.plans import Budgets
from learnx.settings import Settings, signing_key


class Identity(Provider):
    scope = Scope.APP

    @provide
    def password_hasher(self) -> Iterator[PasswordHasher]:
        hasher = Argon2PasswordHasher()
        yield hasher
        hasher.close()

    @provide
    def access_tokens(self, settings: Settings, clock: Callable[[], datetime]) -> JwtAccessTokens:
        return JwtAccessTokens(signing_key(settings).reveal(), clock)

    @provide
    def issued(self, access_tokens: JwtAccessTokens) -> AccessTokens:
        return access_tokens

    @provide
    async def bearer_tokens(
        self,
        settings: Settings,
        access_tokens: JwtAccessTokens,
        accounts: Accounts,
        budgets: Budgets,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
    ) -> AsyncIterator[BearerTokens]:
        """Of one provider alone: where another issues them, ours count for nothing."""
        if settings.auth_provider == "local" or settings.supabase_url is None:
            yield access_tokens
            return
        import httpx

        from learnx.adapters.supabase_keys import RemoteKeys
        from learnx.adapters.supabase_tokens import SupabaseTokens

        url, secret = settings.supabase_url.rstrip("/"), settings.supabase_jwt_secret
        async with httpx.AsyncClient() as client:
            keys = RemoteKeys(client, f"{url}/auth/v1/.well-known/jwks.json")
            verified = SupabaseTokens(url, keys, legacy_secret=secret.reveal() if secret else None)
            yield ProviderUsers(verified, accounts, budgets, clock, new_id)
            await keys.aclose()

    @provide
    def child_tokens(self, settings: Settings) -> ChildTokens:
        return HmacChildTokens(signing_key(settings).reveal())

    @provide
    def links(self, settings: Settings, clock: Callable[[], datetime]) -> LinkSigner:
        return JwtLinkSigner(signing_key(settings).reveal(), clock)

    use_cases = provide_all(
        email_verification.SendVerification,
        email_verification.RequestVerification,
        email_verification.VerifyEmail,
        passwords.ChangePassword,
        passwords.RequestPasswordReset,
        passwords.ResetPassword,
        sessions.ListSessions,
        sessions.EndSession,
        sessions.GetSession,
        sessions.Logout,
        sessions.LogoutEverywhere,
        identity.StartSession,
        identity.Register,
        identity.Login,
        identity.Refresh,
        identity.Authenticate,
        identity.GetUser,
        identity.UpdateUser,
        personas.GetPersona,
        personas.PutPersona,
        personas.PatchPersona,
        personas.PersonaHistory,
    )
