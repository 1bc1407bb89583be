"""What our mails say. Their links lead to the configured address, whatever host a request was sent to."""

from dataclasses import dataclass

from learnx.application.ports.mailer import Mail
from learnx.domain.identity import User


@dataclass(frozen=True, slots=True)
class Letters:
    """``public_url`` is where users find us, without a slash at its end. Tokens stand behind the #, which browsers send
    to no server, nor on to the next page."""

    public_url: str

    def password_reset(self, user: User, token: str) -> Mail:
        return Mail(
            kind="password_reset",
            to=user.email,
            subject="Choose a new password",
            text=(
                "Somebody, probably you, has asked for a new password for your LearnX account.\n\n"
                "Choose one within an hour:\n\n"
                f"{self.public_url}/reset-password#token={token}\n\n"
                "If it was not you, there is nothing to do: your password stays as it is.\n"
            ),
        )

    def verification(self, user: User, token: str) -> Mail:
        return Mail(
            kind="email_verification",
            to=user.email,
            subject="Is this your e-mail address?",
            text=(
                "Somebody, probably you, has made a LearnX account with this e-mail address.\n\n"
                "Confirm within a day that it is yours:\n\n"
                f"{self.public_url}/verify-email#token={token}\n\n"
                "If it was not you, there is nothing to do.\n"
            ),
        )
